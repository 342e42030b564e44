import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { createLocalKeyringFile, rotateLocalKey } from '@waxseal/local-key';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { commandWithKms } from './support/command-with-kms';

const directory = temporaryDirectory();
const aws = commandWithKms(['keys', 'list'], {
  accessKeyId: 'AKIDLIST',
  secretAccessKey: 'secret-of-a-test',
});
const list = aws.run;

const listed = async (args: readonly string[] = [], over: NodeJS.ProcessEnv = {}) => {
  const { exitCode, stdout } = await list([...args, '--json'], over);
  return { exitCode, ...(JSON.parse(stdout) as { ok: boolean; keys: Record<string, unknown>[] }) };
};

describe('waxseal keys list', () => {
  it('shows age, versions, rotation and last use, in a table and as JSON, and wraps nothing', async () => {
    const file = join(directory, 'keyring.json');
    createLocalKeyringFile(file, { id: 'orders' });
    rotateLocalKey(file);
    aws.key.rotationPeriodDays = 90;
    aws.key.rotate();
    aws.key.lastUse = { operation: 'Decrypt', at: new Date() };
    const over = { WAXSEAL_DECRYPT_KEYS: `local://${file}#orders` };
    const { exitCode, stdout, stderr } = await list([], over);
    expect(exitCode).toBe(0);
    expect(stderr).not.toContain('secret-of-a-test');
    const [title = '', first = '', second = ''] = stdout.split('\n');
    expect(title.split(/ {2,}/)).toEqual([
      'ROLE',
      'STATE',
      'MADE',
      'WRAPS NOW',
      'VERSIONS',
      'ROTATION',
      'LAST USE',
      'KEY',
    ]);
    const today = new Date().toISOString().slice(0, 10);
    expect(first).toMatch(new RegExp(`^primary +Enabled +${today} \\(0 d\\) .* 2 +every 90 days, next on `));
    expect(first).toContain(`${today}  ${aws.key.arn}`);
    expect(second).toMatch(/^decryptOnly +in memory .* orders\/v2 +2 +off +\? +orders$/);
    expect(stdout).toMatch(
      new RegExp(`version ${aws.key.currentKeyMaterialId}: made .*, CURRENT, wraps now\n`),
    );
    expect(stdout).toContain(`last used ${aws.key.lastUse.at.toISOString()} (Decrypt); recorded since `);
    expect(aws.kms.requests.map(({ action }) => action).sort()).toEqual([
      'DescribeKey',
      'GetKeyLastUsage',
      'GetKeyRotationStatus',
      'ListKeyRotations',
    ]);
    const { ok, keys } = await listed([], over);
    expect(ok).toBe(true);
    expect(keys).toMatchObject([
      {
        id: aws.key.arn,
        role: 'primary',
        usable: true,
        wrapsNow: aws.key.currentKeyMaterialId,
        lastUse: { operation: 'Decrypt', at: aws.key.lastUse.at.toISOString() },
        untold: [],
      },
      { id: 'orders', role: 'decryptOnly', versions: [{ version: 'orders/v2' }, { version: 'orders/v1' }] },
    ]);
  });

  it('fails for a key that is to be deleted, and says when', async () => {
    aws.key.scheduleDeletion();
    const { exitCode, stdout } = await list();
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/PendingDeletion \(unusable\)/);
    expect(stdout).toMatch(/deletion is pending: \d{4}-\d\d-\d\dT/);
    expect(stdout).toContain('1 key: 1 cannot be used, 0 not known');
  });

  it('says which right is missing, for the last use and for all, and fails nothing', async () => {
    aws.kms.deny('GetKeyLastUsage');
    const { exitCode, stdout } = await list();
    expect(stdout).toContain('not told: the last use: denied, it needs kms:GetKeyLastUsage');
    expect(exitCode).toBe(0);
    aws.kms.deny('DescribeKey');
    expect(await listed()).toMatchObject({ exitCode: 0, ok: true, keys: [{ usable: null, state: null }] });
  });

  it('fails for a service that does not answer, in bounded time', async () => {
    const { exitCode, keys } = await listed([], { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' });
    expect(exitCode).toBe(1);
    expect(keys[0]).toMatchObject({ usable: false, untold: [expect.stringContaining('unavailable')] });
  });

  it('cannot be made to steer a terminal by what a service says', async () => {
    const steer = '\u001b[2J\u202e';
    const server = createServer((_, response) => {
      const data = { type: steer, latest_version: 1, keys: { 1: steer }, min_decryption_version: 1 };
      response.end(JSON.stringify({ data }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const vault = { VAULT_ADDR: `http://127.0.0.1:${String(port)}`, VAULT_TOKEN: 'token' };
      aws.kms.next({ edit: (answer) => withState(answer, steer) });
      const { exitCode, stdout } = await list(['--decrypt-key', 'vaulttransit://transit/orders'], vault);
      expect(stdout).toContain('\\u001b[2J\\u202e');
      for (const character of steer.match(/[^\x20-\x7e]/gu) ?? []) expect(stdout).not.toContain(character);
      expect(exitCode).toBe(1);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('lists the keys of namespaces: of a function by --namespace, of a server by its configuration', async () => {
    const config = join(directory, 'waxseal.config.mjs');
    writeFileSync(
      config,
      `import { EnvelopeCodec, Keyring } from ${JSON.stringify(require.resolve('@waxseal/core'))};
       import { LocalKey } from ${JSON.stringify(require.resolve('@waxseal/local-key'))};
       const of = (id) => new Keyring({ primary: new LocalKey({ id, key: Buffer.alloc(32, id) }) });
       const keyrings = { a: of('key-a'), b: of('key-b') };
       export default {
         keyring: ({ namespace }) => keyrings[namespace],
         server: { namespaces: { c: { codec: new EnvelopeCodec({ keyring: of('key-c') }) } } },
       };`,
    );
    const none = { WAXSEAL_PRIMARY_KEY: '' };
    const args = ['--config', config, '--namespace', 'a', '--namespace', 'b', '--namespace', 'c'];
    expect((await listed(args, none)).keys).toMatchObject([
      { id: 'key-a', namespaces: ['a'] },
      { id: 'key-b', namespaces: ['b'] },
      { id: 'key-c', namespaces: ['c'] },
    ]);
    expect((await listed(['--config', config, '--namespace', 'c'], none)).keys).toHaveLength(1);
    const { exitCode, stderr } = await list(['--config', config], none);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('--namespace <name>');
  });
});

function withState(answer: Record<string, unknown>, state: string): unknown {
  const metadata = answer['KeyMetadata'] as Record<string, unknown>;
  return { KeyMetadata: { ...metadata, KeyState: state } };
}
