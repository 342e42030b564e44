import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { aFailure } from './support/a-failure';
import { commandWithKms } from './support/command-with-kms';

const SECRET = `secret-${randomBytes(8).toString('hex')}`;

const directory = temporaryDirectory();
const aws = commandWithKms(['doctor'], { accessKeyId: 'AKIDDOCTOR', secretAccessKey: SECRET });
const doctor = aws.run;

interface Report {
  readonly ok: boolean;
  readonly keys: readonly {
    readonly id: string;
    readonly role: string;
    readonly recordedAs?: string;
    readonly checks: readonly { readonly name: string; readonly status: string; readonly detail: string }[];
  }[];
}

/** The report, and its checks of the first key by name. */
async function report(
  args: readonly string[] = [],
  over: NodeJS.ProcessEnv = {},
): Promise<Report & { exitCode: number | null; of: Record<string, string> }> {
  const { exitCode, stdout } = await doctor([...args, '--json'], over);
  const parsed = JSON.parse(stdout) as Report;
  const of = Object.fromEntries(parsed.keys[0]?.checks.map(({ name, status }) => [name, status]) ?? []);
  return { ...parsed, exitCode, of };
}

describe('waxseal doctor', () => {
  it('tells state, caller, rights, times and the recorded key ID of a key that works', async () => {
    const { exitCode, stdout, stderr } = await doctor();
    expect(stderr.replace(/.*NodeVersionSupportWarning[^]*/, '')).toBe('');
    expect(stdout).toContain('AWS KMS says Enabled: version ');
    expect(stdout).toContain('the caller is arn:aws:iam::111122223333:user/AKIDDOCTOR');
    expect(stdout).toMatch(/ok +the caller may wrap\n +ok +the caller may unwrap\n/);
    expect(stdout).toMatch(
      /ok +wrapped in \d+ ms \(\d+ bytes\), unwrapped in \d+ ms, recorded as arn:aws:kms:/,
    );
    expect(stdout).toMatch(/ok +the service's clock agrees/);
    expect(stdout).toContain('1 key: 0 failures, 0 warnings');
    expect(stdout).not.toContain(SECRET);
    expect(exitCode).toBe(0);
    expect(aws.kms.requests.filter(({ dryRun }) => !dryRun).map(({ action }) => action)).toEqual([
      'DescribeKey',
      'Encrypt',
      'Decrypt',
    ]);
  });

  it('prints the same as JSON', async () => {
    const { ok, exitCode, keys, of } = await report();
    expect([ok, exitCode]).toEqual([true, 0]);
    expect(keys).toMatchObject([{ id: aws.key.arn, role: 'primary', recordedAs: aws.key.arn }]);
    expect(of).toEqual({
      state: 'ok',
      clock: 'ok',
      caller: 'ok',
      'may-wrap': 'ok',
      'may-unwrap': 'ok',
      'round-trip': 'ok',
      size: 'ok',
    });
  });

  it('proposes a short name in payloads, and no more where there is one', async () => {
    const long = await report();
    const [carried, name] = (long.keys[0]?.checks.at(-1)?.detail.match(/\d+/g) ?? []).map(Number);
    expect(name).toBe(aws.key.arn.length);
    expect(long.keys[0]?.checks.at(-1)?.detail).toContain('?id=<short name>');
    const uri = `awskms:///${aws.key.arn}?id=orders`;
    const short = await report([], { WAXSEAL_PRIMARY_KEY: uri });
    expect(short.keys).toMatchObject([{ id: 'orders', recordedAs: 'orders' }]);
    expect(Object.keys(short.of)).not.toContain('size');
    expect(carried).toBeGreaterThan(100 + aws.key.arn.length);
  });

  it('fails for a disabled key', async () => {
    aws.key.disable();
    const { ok, exitCode, of } = await report();
    expect([ok, exitCode]).toEqual([false, 1]);
    expect(of).toMatchObject({ state: 'fail', 'may-wrap': 'fail', 'round-trip': 'fail' });
  });

  it('fails where a right is missing, and says which', async () => {
    aws.kms.deny('Decrypt');
    const { exitCode, stdout } = await doctor();
    expect(stdout).toMatch(/fail +the caller may not unwrap: denied/);
    expect(stdout).toMatch(/fail +wrapped, and not unwrapped: denied/);
    expect(exitCode).toBe(1);
  });

  it('only warns where the key may not be looked at', async () => {
    aws.kms.deny('DescribeKey');
    const { exitCode, of } = await report();
    expect(of).toMatchObject({ state: 'warn', 'round-trip': 'ok' });
    expect(exitCode).toBe(0);
  });

  it('asks no right to wrap of a key that only decrypts', async () => {
    aws.kms.deny('Encrypt');
    const over = { WAXSEAL_PRIMARY_KEY: '', WAXSEAL_DECRYPT_KEYS: `awskms:///${aws.key.arn}` };
    const { exitCode, keys, of } = await report([], over);
    expect(keys[0]?.role).toBe('decryptOnly');
    expect(of).toMatchObject({ 'may-wrap': 'ok', 'may-unwrap': 'ok', 'round-trip': 'ok' });
    expect(exitCode).toBe(0);
    aws.kms.deny('Decrypt');
    expect((await report([], over)).of).toMatchObject({ 'may-unwrap': 'fail' });
  });

  it('warns of a clock that is wrong', async () => {
    aws.kms.clockOffsetMs = 120_000;
    const { exitCode, stdout } = await doctor();
    expect(stdout).toMatch(/warn +the service's clock is 1[12]\d s ahead of this machine's/);
    expect(exitCode).toBe(0);
  });

  it('gives requests the deadlines of the keyring', async () => {
    const config = join(directory, 'waxseal.config.json');
    const requests = { attemptTimeout: 60, totalTimeout: 60, maxAttempts: 1 };
    writeFileSync(config, JSON.stringify({ primaryKey: `awskms:///${aws.key.arn}`, requests }));
    aws.kms.latencyMs = 5_000;
    const { exitCode, keys } = await report(['--config', config], { WAXSEAL_PRIMARY_KEY: '' });
    expect(keys[0]?.checks.at(-1)?.detail).toContain('not wrapped: timeout');
    expect(exitCode).toBe(1);
    expect(aws.kms.requests.length).toBeLessThan(6);
  });

  it('tells a package that is missing from a service that does not say who the caller is', async () => {
    const hide = join(directory, 'hide.cjs');
    writeFileSync(
      hide,
      `const Module = require('node:module'); const resolve = Module._resolveFilename;
       Module._resolveFilename = function (request, ...others) {
         if (request !== '@aws-sdk/client-sts') return resolve.call(this, request, ...others);
         throw Object.assign(new Error('none'), { code: 'MODULE_NOT_FOUND' });
       };`,
    );
    const without = await doctor([], { NODE_OPTIONS: `--require ${hide}` });
    expect(without.stdout).toContain('is not known: npm install @aws-sdk/client-sts');
    const silent = await doctor([], { AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:9' });
    expect(silent.stdout).toContain('is not known: AWS STS gave no answer');
    expect([without.exitCode, silent.exitCode]).toEqual([0, 0]);
  });

  it('warns where nothing is encrypted', async () => {
    const { exitCode, stdout } = await doctor([], { WAXSEAL_ENCRYPT: 'false' });
    expect(stdout).toMatch(/warn +encrypt is false/);
    expect(exitCode).toBe(0);
  });

  it('reports each key, and fails when one service of two cannot be reached', async () => {
    const { exitCode, keys } = await report(['--additional-key', 'vaulttransit://transit/orders'], {
      VAULT_ADDR: 'http://127.0.0.1:9',
      VAULT_TOKEN: SECRET,
    });
    expect(keys.map(({ role }) => role)).toEqual(['primary', 'additional']);
    expect(keys[0]?.checks.every(({ status }) => status === 'ok')).toBe(true);
    expect(keys[1]?.checks.at(-1)).toMatchObject({ name: 'round-trip', status: 'fail' });
    expect(keys[1]?.checks.at(-1)?.detail).toContain('unavailable');
    expect(JSON.stringify(keys)).not.toContain(SECRET);
    expect(exitCode).toBe(1);
  });

  it('cannot be made to steer a terminal by what a service says', async () => {
    aws.kms.next({ error: 'AccessDeniedException', message: 'no \u001b[2J way' }, 9);
    const { stdout } = await doctor();
    expect(stdout).not.toContain('\u001b');
  });

  it('says in one line that no key is named', async () => {
    const { exitCode, stdout, stderr } = await doctor([], { WAXSEAL_PRIMARY_KEY: '' });
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(aFailure('WAXSEAL_CONFIGURATION', 'No key is named\\. [^\\n]*'));
  });
});
