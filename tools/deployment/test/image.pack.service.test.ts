import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '@waxseal/bring-up';
import { createLocalKeyringFile } from '@waxseal/local-key';
import { temporaryDirectoryForMany } from '@waxseal/test-support/temporary-directory';

import { encryptedPayload } from './support/encrypted-payload';
import { isolation } from './support/isolation';

const run = promisify(execFile);
const read = (path: string): string => readFileSync(path, 'utf8');

const TOKEN = 'a token of thirty-two characters, or more';
const { name, wrap, processOf, proof } = isolation();
const folder = temporaryDirectoryForMany();
const app = join(folder, 'app');
const keyFile = join(folder, 'keyring.json');
const configFile = join(folder, 'waxseal.config.json');
const started: ChildProcess[] = [];

/** A command of the Dockerfile, with the paths of this machine in the place of the image's. */
function commandOf(instruction: string): string[] {
  const text = read(join(repositoryRoot, 'deploy/docker/Dockerfile'));
  const [, json = ''] = new RegExp(`^${instruction} (\\[.*\\])$`, 'm').exec(text) ?? [];
  return (JSON.parse(json) as string[]).map((word) =>
    word.replace(/^\/nodejs\/bin\/node$/, process.execPath).replace(/^\/app\//, `${app}/`),
  );
}

beforeAll(async () => {
  await run(process.execPath, [join(repositoryRoot, 'deploy/docker/assemble.mjs'), app], {
    cwd: repositoryRoot,
  });
  chmodSync(folder, 0o755);
  createLocalKeyringFile(keyFile, { id: 'orders' });
  const tokenSha256 = createHash('sha256').update(TOKEN).digest('hex');
  const may = [{ namespaces: ['orders'], operations: ['decode'] }];
  const auth = [{ type: 'bearer', tokens: [{ principal: 'ci', tokenSha256, may }] }];
  const server = { audit: 'stdout', auth };
  writeFileSync(configFile, JSON.stringify({ decryptKeys: [`local://${keyFile}#orders`], server }));
}, 300_000);

afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
});

describe('what the image holds', () => {
  it('is at the versions of package-lock.json, without what only development needs', () => {
    type Lock = { packages: Record<string, { version?: string; link?: true }> };
    const nameOf = (path: string): string => path.split('node_modules/').at(-1) ?? '';
    const locked = new Set(
      Object.entries((JSON.parse(read(join(repositoryRoot, 'package-lock.json'))) as Lock).packages).map(
        ([path, { version = '' }]) => `${nameOf(path)}@${version}`,
      ),
    );
    const { packages } = JSON.parse(read(join(app, 'node_modules/.package-lock.json'))) as Lock;
    const installed = Object.entries(packages).map(
      ([path, { version = '' }]) => `${nameOf(path)}@${version}`,
    );
    const ours = installed.filter((entry) => entry.startsWith('@waxseal/'));
    expect(installed.filter((entry) => !locked.has(entry) && !ours.includes(entry))).toEqual([]);
    expect(Object.values(packages).filter(({ link }) => link)).toEqual([]);
    const names = ours.map((entry) => entry.replace(/^@waxseal\/(.*)@.*/, '$1'));
    expect(names).toEqual(
      expect.arrayContaining(['cli', 'aws-kms', 'azure-key-vault', 'gcp-kms', 'vault-transit']),
    );
    expect(names.filter((entry) => /^(testing|conformance|temporal|bring-up)$/.test(entry))).toEqual([]);
    expect(
      installed.filter((entry) => /^(typescript|jest|esbuild|@temporalio\/worker)@/.test(entry)),
    ).toEqual([]);
  });

  it('loads keys of every provider, and a configuration in code', async () => {
    const config = join(app, 'waxseal.config.mjs');
    writeFileSync(
      config,
      `import { defineConfig } from '@waxseal/config';
      export default defineConfig({ decryptKeys: [
        'awskms:///arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
        'gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/k',
        'azurekeyvault://orders.vault.azure.net/keys/payloads',
        'vaulttransit://transit/orders',
      ] });`,
    );
    const script = `require('@waxseal/config').loadConfig({ directory: '.' }).then(({ keyring }) => console.log(keyring.keyIds.length))`;
    const env = { VAULT_ADDR: 'http://127.0.0.1:1', VAULT_TOKEN: 'none' };
    const { stdout } = await run(process.execPath, ['-e', script], { cwd: app, env });
    rmSync(config);
    expect(stdout).toBe('4\n');
  });

  it(`serves ${name}, and ends on SIGTERM`, async () => {
    if (proof.length > 0) chownSync(keyFile, 65532, 65532);
    const environment = ['NODE_ENV=production', `WAXSEAL_CONFIG=${configFile}`];
    const [path, ...args] = wrap([
      ...environment,
      ...commandOf('ENTRYPOINT'),
      ...commandOf('CMD'),
      '--port',
      '0',
    ]);
    const child = spawn(path, args, { cwd: app, stdio: ['ignore', 'pipe', 'pipe'] });
    started.push(child);
    const ended = once(child, 'close');
    let stdout = '';
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const port = await new Promise<string>((resolve, reject) => {
      child.once('close', () => {
        reject(new Error(`It ended: ${stdout}${stderr}`));
      });
      child.stdout.on('data', (chunk: Buffer) => {
        stdout += chunk.toString();
        const [, found] = /Codec Server at http:\/\/0\.0\.0\.0:(\d+)\n/.exec(stdout) ?? [];
        if (found !== undefined) resolve(found);
      });
    });
    const url = `http://127.0.0.1:${port}`;

    const [node = '', ...health] = commandOf('  CMD');
    await run(node, health, { env: { WAXSEAL_HEALTH_URL: `${url}/healthz` } });

    const body = JSON.stringify({ payloads: [await encryptedPayload(copyOfKey(), '"paid"')] });
    const decode = (headers: Record<string, string>): Promise<Response> =>
      fetch(`${url}/orders/decode`, { method: 'POST', body, headers });
    expect((await decode({})).status).toBe(401);
    const answer = (await (await decode({ authorization: `Bearer ${TOKEN}` })).json()) as {
      payloads: [{ data: string }];
    };
    expect(Buffer.from(answer.payloads[0].data, 'base64').toString()).toBe('"paid"');

    const id = processOf(child.pid ?? 0);
    const seen =
      proof.length === 0 ? '' : read(`/proc/${String(id)}/status`) + read(`/proc/${String(id)}/mounts`);
    for (const line of proof) expect(seen).toMatch(line);

    process.kill(id, 'SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(stdout).toContain('"outcome":"allowed"');
    expect(stdout).toContain('"outcome":"refused"');
  }, 60_000);
});

/** The key as the user of the tests may read it. */
function copyOfKey(): string {
  const path = join(folder, 'own', 'keyring.json');
  mkdirSync(join(folder, 'own'), { recursive: true });
  writeFileSync(path, read(keyFile), { mode: 0o600 });
  return path;
}
