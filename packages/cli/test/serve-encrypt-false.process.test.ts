import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { localKeyUri } from '@waxseal/config';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { createLocalKeyringFile, LocalKey } from '@waxseal/local-key';
import { payloadOfJson, toProtojson } from '@waxseal/test-support';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { ended, startWaxseal, waitForLine } from './support/waxseal';

it('a Codec Server with WAXSEAL_ENCRYPT=false opens envelopes, and gives plaintext back to those who encode', async () => {
  const file = join(temporaryDirectory(), 'keyring.json');
  createLocalKeyringFile(file, { id: 'orders' });
  const codec = new EnvelopeCodec({ keyring: new Keyring({ primary: LocalKey.fromFile(file) }) });
  const plain = toProtojson(payloadOfJson('"text"'));
  const [sealed] = await codec.encode([payloadOfJson('"text"')]);
  codec.close();
  const child = startWaxseal(['serve', '--port', '0', '--allow-encode'], {
    WAXSEAL_PRIMARY_KEY: localKeyUri(file, 'orders'),
    WAXSEAL_ENCRYPT: 'false',
  });
  const end = ended(child);
  try {
    const [, url = ''] = await waitForLine(child, /Codec Server at (\S+)\n/);
    const post = async (path: string, payload: object): Promise<unknown> => {
      const body = JSON.stringify({ payloads: [payload] });
      return (await fetch(`${url}/orders/${path}`, { method: 'POST', body })).json();
    };
    expect(await post('decode', toProtojson(sealed))).toEqual({ payloads: [plain] });
    expect(await post('decode', plain)).toEqual({ payloads: [plain] });
    expect(await post('encode', plain)).toEqual({ payloads: [plain] });
  } finally {
    child.kill('SIGTERM');
    await end;
  }
});
