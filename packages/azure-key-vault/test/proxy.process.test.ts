import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startHttpProxy, type HttpProxy } from '@waxseal/test-support';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { startAzureKeyVaultDouble, type AzureKeyVaultDouble } from '@waxseal/testing';

/** Wraps once, and prints what came of it. */
const PROGRAM = `
const { AzureKeyVaultKey } = require('@waxseal/azure-key-vault');
const key = new AzureKeyVaultKey({
  keyId: process.argv[1],
  credential: { getToken: async () => ({ token: process.argv[2], expiresOnTimestamp: Date.now() + 3_600_000 }) },
  clientOptions: { disableChallengeResourceVerification: true },
});
key.wrap(Buffer.alloc(32), Buffer.of(1), { limits: { maxAttempts: 1 } }).then(
  () => console.log('wrapped'),
  (error) => console.log(error.reason),
);`;

let vault: AzureKeyVaultDouble;
let proxy: HttpProxy;
let keyId: string;
let target: string;
const folder = temporaryDirectory('waxseal-proxy-');

beforeAll(async () => {
  vault = await startAzureKeyVaultDouble();
  keyId = (await vault.createKey()).url;
  target = new URL(vault.url).host;
  proxy = await startHttpProxy({ [target]: Number(new URL(vault.url).port) });
  writeFileSync(join(folder, 'ca.pem'), vault.caCertificate);
});
afterAll(async () => {
  await proxy.close();
  await vault.close();
});

async function run(environment: Readonly<Record<string, string>>, url = keyId): Promise<string> {
  const { token } = await vault.credential.getToken('https://vault.azure.net/.default');
  const env = { PATH: process.env['PATH'], NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'), ...environment };
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', PROGRAM, url, token], {
    cwd: __dirname,
    env,
  });
  return stdout.trim();
}

it.each(['HTTPS_PROXY', 'https_proxy'])('a vault is asked through %s', async (name) => {
  const asked = proxy.asked.length;
  expect(await run({ [name]: proxy.url })).toBe('wrapped');
  expect(new Set(proxy.asked.slice(asked))).toEqual(new Set([target]));
});

it('but not where NO_PROXY names its host or a suffix of it', async () => {
  const asked = proxy.asked.length;
  expect(await run({ HTTPS_PROXY: proxy.url, NO_PROXY: '169.254.169.254,127.0.0.1' })).toBe('wrapped');
  const elsewhere = 'https://orders.skipped.invalid/keys/orders';
  expect(await run({ HTTPS_PROXY: proxy.url, NO_PROXY: '.skipped.invalid' }, elsewhere)).toBe('unavailable');
  expect(proxy.asked.length).toBe(asked);
});
