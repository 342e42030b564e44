import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, it } from '@jest/globals';
import { localKeyUri } from '@waxseal/config';
import { createLocalKeyringFile } from '@waxseal/local-key';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { aFailure } from './support/a-failure';
import { ended, startWaxseal, waitForLine, waxseal } from './support/waxseal';

const TOKEN = randomBytes(32).toString('hex');
const SECRET = 'canary-card';
const PAYLOAD = {
  metadata: { encoding: Buffer.from('json/plain').toString('base64') },
  data: Buffer.from(JSON.stringify(SECRET)).toString('base64'),
};

const directory = temporaryDirectory();
let config: string;
let audit: string;

beforeAll(() => {
  config = join(directory, 'waxseal.config.json');
  audit = join(directory, 'audit.jsonl');
  const keys = join(directory, 'keys.json');
  createLocalKeyringFile(keys, { id: 'orders' });
  const tokenSha256 = createHash('sha256').update(TOKEN).digest('hex');
  const may = [{ namespaces: ['orders'], operations: ['encode', 'decode'] }];
  writeFileSync(
    config,
    JSON.stringify({
      primaryKey: localKeyUri(keys, 'orders'),
      server: {
        port: 0,
        allowEncode: true,
        audit,
        auth: [{ type: 'bearer', tokens: [{ principal: 'support', tokenSha256, may }] }],
      },
    }),
  );
});
describe('waxseal serve with server.auth', () => {
  it('decodes for who may, refuses the others, and records both', async () => {
    const child = startWaxseal(['serve', '--config', config]);
    const end = ended(child);
    try {
      const [, url = ''] = await waitForLine(child, /Codec Server at (\S+)\n/);
      const post = (path: string, body: string, token?: string): Promise<Response> =>
        fetch(`${url}/${path}`, {
          method: 'POST',
          body,
          headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
        });
      const sent = JSON.stringify({ payloads: [PAYLOAD] });
      const encoded = await (await post('orders/encode', sent, TOKEN)).text();
      expect(encoded).not.toContain(PAYLOAD.data);
      expect(await (await post('orders/decode', encoded, TOKEN)).text()).toBe(sent);
      for (const [path, token, status] of [
        ['orders/decode', undefined, 401],
        ['orders/decode', `${TOKEN}x`, 401],
        ['billing/decode', TOKEN, 403],
      ] as const) {
        const refused = await post(path, encoded, token);
        expect([path, refused.status]).toEqual([path, status]);
        expect(await refused.text()).not.toContain(SECRET);
      }
    } finally {
      child.kill('SIGTERM');
    }
    const { exitCode, stdout, stderr } = await end;
    expect(exitCode).toBe(0);
    expect(stdout + stderr).not.toContain(TOKEN);
    const text = readFileSync(audit, 'utf8');
    const records = text.trim().split('\n');
    expect(records).toHaveLength(5);
    expect(text).toContain('"support"');
    for (const hidden of [TOKEN, SECRET, PAYLOAD.data]) expect(text).not.toContain(hidden);
    expect(statSync(audit).mode & 0o077).toBe(0);
  });

  it('says in one line which field of auth is wrong, and that the audit file cannot be opened', async () => {
    const parsed = JSON.parse(readFileSync(config, 'utf8')) as { server: Record<string, unknown> };
    const wrong = join(directory, 'wrong.json');
    writeFileSync(
      wrong,
      JSON.stringify({ ...parsed, server: { ...parsed.server, auth: [{ type: 'bearer', tokens: [] }] } }),
    );
    const [field, file] = await Promise.all([
      waxseal(['serve', '--config', wrong]),
      waxseal(['serve', '--config', config, '--audit', join(directory, 'none', 'audit.jsonl')]),
    ]);
    expect(field).toMatchObject({ exitCode: 1, stdout: '' });
    expect(field.stderr).toMatch(
      aFailure('WAXSEAL_CONFIGURATION', 'wrong\\.json: server\\.auth\\[0\\]\\.tokens[^\\n]*'),
    );
    const [configuration = '', ...failure] = file.stderr.split(/(?<=\n)/);
    expect(configuration).toMatch(/^waxseal: Configuration: /);
    expect(failure.join('')).toMatch(
      aFailure('WAXSEAL_CONFIGURATION', 'The audit file [^\\n]* cannot be opened: ENOENT\\.'),
    );
  });
});
