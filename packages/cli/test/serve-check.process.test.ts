import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { localKeyUri } from '@waxseal/config';
import { createLocalKeyringFile } from '@waxseal/local-key';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { startAwsKmsDouble, type AwsKmsDouble } from '@waxseal/testing';

import { aFailure } from './support/a-failure';
import { ended, startWaxseal, waxseal, type Ended } from './support/waxseal';

const directory = temporaryDirectory();
let key: string;
let kms: AwsKmsDouble;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  createLocalKeyringFile(join(directory, 'keys.json'), { id: 'orders' });
  key = localKeyUri(join(directory, 'keys.json'), 'orders');
  kms = await startAwsKmsDouble();
  environment = {
    AWS_ENDPOINT_URL: kms.endpoint,
    AWS_ACCESS_KEY_ID: 'AKIDSERVER',
    AWS_SECRET_ACCESS_KEY: 'secret',
  };
});
afterEach(() => {
  kms.reset();
});
afterAll(() => kms.close());

function configured(server: object, primaryKey = key): string {
  const path = join(directory, 'waxseal.config.json');
  writeFileSync(path, JSON.stringify({ primaryKey, server }));
  return path;
}

const check = (config: string, args: readonly string[] = [], env = {}): Promise<Ended> =>
  waxseal(['serve', '--check', '--config', config, ...args], '', env);

describe('waxseal serve --check', () => {
  it('says that all is well, and serves nothing', async () => {
    const { exitCode, stdout } = await check(configured({ allowedOrigins: ['http://localhost:8233'] }));
    expect(stdout).toMatch(/ok +would serve http on 127\.0\.0\.1 port 8081, without authentication\n/);
    expect(stdout).toMatch(/ok +orders: wrapped in \d+ ms/);
    expect(exitCode).toBe(0);
  });

  it.each<[string, object, readonly string[], RegExp]>([
    [
      'a rule without anybody who is authenticated',
      { authorize: [{ principals: ['a'], namespaces: ['*'], operations: ['decode'] }] },
      [],
      /fail +waxseal\.config\.json: server: .*auth/,
    ],
    ['a host that all can reach', { host: '0.0.0.0' }, [], /fail +.*no authentication.*Set auth/],
    [
      'a certificate that is not there',
      { tls: { certFile: '/no/crt', keyFile: '/no/key' } },
      [],
      /fail +.*tls\.certFile/,
    ],
    [
      'an audit file in no directory',
      {},
      ['--audit', '/no/such/audit.log'],
      /fail +the audit file .*directory/,
    ],
  ])('fails for %s', async (_, server, args, expected) => {
    const { exitCode, stdout } = await check(configured(server), args);
    expect(stdout).toMatch(expected);
    expect(exitCode).toBe(1);
  });

  it('fails for a key that may not unwrap', async () => {
    const arn = kms.createKey().arn;
    kms.deny('Decrypt');
    const { exitCode, stdout } = await check(configured({}, `awskms:///${arn}`), [], environment);
    expect(stdout).toMatch(new RegExp(`fail +${arn}: the caller may not unwrap: denied`));
    expect(exitCode).toBe(1);
  });
});

describe('waxseal doctor', () => {
  it('checks the server section where there is one', async () => {
    const rules = { authorize: [{ principals: ['a'], namespaces: ['*'], operations: ['decode'] }] };
    const wrong = await waxseal(['doctor', '--config', configured(rules)]);
    expect(wrong.stdout).toMatch(/\nCodec Server\n +fail +waxseal\.config\.json: server: .*auth/);
    expect(wrong.exitCode).toBe(1);
    // A flag of serve may allow it.
    const { exitCode, stdout } = await waxseal(['doctor', '--config', configured({ host: '0.0.0.0' })]);
    expect(stdout).toMatch(/\nCodec Server\n +warn +waxseal\.config\.json: server: host is "0\.0\.0\.0"/);
    expect(exitCode).toBe(0);
    const fine = await waxseal(['doctor', '--json', '--config', configured({ port: 0 })]);
    expect(JSON.parse(fine.stdout)).toMatchObject({ ok: true, server: [{ name: 'server-options' }, {}] });
  });
});

describe('waxseal serve', () => {
  it('warns at start of a key that may not unwrap, and asks for no right that it does not need', async () => {
    const arn = kms.createKey().arn;
    kms.deny('Decrypt');
    kms.deny('Encrypt');
    const child = startWaxseal(
      ['serve', '--config', configured({ port: 0 }, `awskms:///${arn}`)],
      environment,
    );
    const end = ended(child);
    let told = '';
    await new Promise<void>((resolve) => {
      child.stderr?.on('data', (chunk: Buffer) => {
        told += chunk.toString();
        if (told.includes('may not unwrap')) resolve();
      });
    });
    child.kill('SIGTERM');
    const { stderr } = await end;
    expect(stderr).toMatch(
      new RegExp(`Key "${arn}": the caller may not unwrap: denied.*"waxseal doctor" says more`),
    );
    expect(stderr).not.toContain('may not wrap');
  });

  it('says nothing of a key that only decrypts, and wraps nothing', async () => {
    const arn = kms.createKey().arn;
    kms.deny('Encrypt');
    kms.deny('DescribeKey');
    const child = startWaxseal(
      ['serve', '--config', configured({ port: 0 }, `awskms:///${arn}`)],
      environment,
    );
    const end = ended(child);
    while (!kms.requests.some(({ action, dryRun }) => action === 'Decrypt' && dryRun)) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    child.kill('SIGTERM');
    expect((await end).stderr).not.toContain('Key "');
    expect(kms.requests.filter(({ action, dryRun }) => action === 'Encrypt' && !dryRun)).toEqual([]);
  });

  it('names in its log the origin of a page that may not use it', async () => {
    const child = startWaxseal(['serve', '--config', configured({ port: 0 })]);
    const end = ended(child);
    const url = await new Promise<string>((resolve) => {
      child.stdout?.on('data', (chunk: Buffer) => {
        const [, found] = /Codec Server at (\S+)\n/.exec(chunk.toString()) ?? [];
        if (found !== undefined) resolve(found);
      });
    });
    await fetch(`${url}/decode`, { method: 'OPTIONS', headers: { Origin: 'https://ui.example.com' } });
    child.kill('SIGTERM');
    const { stderr } = await end;
    expect(stderr).toMatch(/403 ORIGIN_NOT_ALLOWED: .*https:\/\/ui\.example\.com.*--allow-origin/);
    expect(stderr).not.toContain('RequestError');
  });
});

describe('a file that is not JSON', () => {
  it('is named with line and column, and none of its text', async () => {
    const path = join(directory, 'broken.json');
    writeFileSync(path, '{\n  "primaryKey": "secret",\n}\n');
    const { stderr } = await waxseal(['doctor', '--config', path]);
    expect(stderr).toMatch(
      aFailure('WAXSEAL_CONFIGURATION', 'broken\\.json is not JSON: see line 3, column 1\\.'),
    );
    const keys = join(directory, 'broken-keys.json');
    writeFileSync(keys, '{ "format": c2VjcmV0 }');
    chmodSync(keys, 0o600);
    const other = await waxseal(['doctor', '--primary-key', localKeyUri(keys, 'orders')]);
    expect(other.stderr).toMatch(/^waxseal: --primary-key: .*it is no JSON: see line 1, column 13\./);
    expect(other.stderr).not.toContain('c2VjcmV0');
  });
});
