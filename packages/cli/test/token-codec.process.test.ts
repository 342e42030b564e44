import { symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { beforeAll, expect, it } from '@jest/globals';
import { TokenCodec } from '@waxseal/claim-check';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { createLocalKeyringFile, LocalKey } from '@waxseal/local-key';
import { PgliteStore } from '@waxseal/store';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { ended, startWaxseal, waitForLine, waxseal } from './support/waxseal';

const directory = temporaryDirectory();
const file = join(directory, 'keys.json');
const data = join(directory, 'store');
const config = join(directory, 'waxseal.config.mjs');
let token: { metadata: Record<string, string>; data: string };

beforeAll(async () => {
  createLocalKeyringFile(file, { id: 'orders' });
  symlinkSync(resolve(__dirname, '../../../node_modules'), join(directory, 'node_modules'));
  writeFileSync(
    config,
    `import { TokenCodec } from '@waxseal/claim-check';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { PgliteStore } from '@waxseal/store';

const keyring = new Keyring({ primary: LocalKey.fromFile(${JSON.stringify(file)}, 'orders') });
const store = new PgliteStore({ directory: ${JSON.stringify(data)} });
export default { store, codecs: [new TokenCodec({ codec: new EnvelopeCodec({ keyring }), store })] };
`,
    { mode: 0o600 },
  );
  const store = new PgliteStore({ directory: data });
  const codec = new EnvelopeCodec({
    keyring: new Keyring({ primary: LocalKey.fromFile(file, 'orders') }),
  });
  const payload = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('"secret"') };
  const [encoded] = await new TokenCodec({ codec, store }).encode([payload]);
  token = {
    metadata: { encoding: Buffer.from(encoded?.metadata?.['encoding'] ?? []).toString('base64') },
    data: Buffer.from(encoded?.data ?? []).toString('base64'),
  };
  codec.close();
  await store.close();
});

it('decode puts payloads in the place of tokens', async () => {
  const { exitCode, stdout } = await waxseal(
    ['decode', '--config', config],
    JSON.stringify({ payloads: [token] }),
    { HOME: directory },
  );
  expect([exitCode, stdout]).toEqual([
    0,
    expect.stringContaining(Buffer.from('"secret"').toString('base64')),
  ]);
});

it('a Codec Server decodes tokens', async () => {
  const child = startWaxseal(['serve', '--config', config, '--port', '0'], { HOME: directory });
  try {
    const [, url = ''] = await waitForLine(child, /Codec Server at (\S+)\n/);
    const answer = await fetch(`${url}/decode`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-namespace': 'shop' },
      body: JSON.stringify({ payloads: [token] }),
    });
    const { payloads } = (await answer.json()) as { readonly payloads: readonly { readonly data: string }[] };
    expect([answer.status, payloads.map((each) => Buffer.from(each.data, 'base64').toString())]).toEqual([
      200,
      ['"secret"'],
    ]);
  } finally {
    const end = ended(child);
    child.kill('SIGTERM');
    await end;
  }
});
