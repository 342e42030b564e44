import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { localKeyUri } from '@waxseal/config';
import { createLocalKeyringFile } from '@waxseal/local-key';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { aFailure } from './support/a-failure';
import { ended, startWaxseal, waitForLine, waxseal, type Ended } from './support/waxseal';

const ORDER = {
  metadata: { encoding: Buffer.from('json/plain').toString('base64') },
  data: Buffer.from('"order"').toString('base64'),
};
const HEAD = /^[0-9a-f]{16}:[1-9]\d*:[0-9a-f]{64}$/m;

let directory: string;
let file: string;
let keyFile: string;
let config: string;
const running: ChildProcess[] = [];

beforeEach(() => {
  directory = temporaryDirectory('waxseal audit ');
  file = join(directory, 'audit.jsonl');
  keyFile = join(directory, 'audit.key');
  config = join(directory, 'waxseal.config.json');
  writeFileSync(keyFile, `${'k'.repeat(32)}\n`, { mode: 0o600 });
  createLocalKeyringFile(join(directory, 'keys.json'), { id: 'orders' });
  configure({});
});

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

function tokenOf(principal: string): string {
  return createHash('sha256').update(principal).digest('hex');
}

function configure(server: object): void {
  const primaryKey = localKeyUri(join(directory, 'keys.json'), 'orders');
  const auth = ['alice', 'bob'].map((principal) => ({
    principal,
    token: tokenOf(principal),
    may: [{ namespaces: ['orders'], operations: ['decode', 'encode'] }],
  }));
  const common = { port: 0, allowEncode: true, audit: file, auth: [{ type: 'bearer', tokens: auth }] };
  writeFileSync(config, JSON.stringify({ primaryKey, server: { ...common, ...server } }));
}

async function serve(args: readonly string[] = []): Promise<{ url: string; child: ChildProcess }> {
  const child = startWaxseal(['serve', '--config', config, ...args]);
  running.push(child);
  const [, url = ''] = await waitForLine(child, /Codec Server at (\S+)\n/);
  return { url, child };
}

async function stop(child: ChildProcess): Promise<Ended> {
  const end = ended(child);
  child.kill('SIGTERM');
  return end;
}

async function ask(url: string, who: string, payloads: unknown, headers = {}, path = 'decode') {
  const answer = await fetch(`${url}/orders/${path}`, {
    method: 'POST',
    body: JSON.stringify({ payloads }),
    headers: { Authorization: `Bearer ${tokenOf(who)}`, ...headers },
  });
  const { payloads: answered } = (await answer.json()) as { payloads?: unknown };
  return { status: answer.status, payloads: answered };
}

interface Report {
  readonly intact: boolean;
  readonly chained: number;
  readonly chains: readonly { readonly lines: number }[];
  readonly findings: readonly { readonly kind: string; readonly file: string; readonly line: number }[];
}

async function verify(...args: string[]): Promise<Report & { exitCode: number | null }> {
  const { exitCode, stdout } = await waxseal(['audit', 'verify', '--json', ...args]);
  return { exitCode, ...(JSON.parse(stdout) as Report) };
}

describe('waxseal audit', () => {
  it('says who read a workflow, who used a key last, and that the file is as it was written', async () => {
    const { url, child } = await serve();
    const { payloads } = await ask(url, 'alice', [ORDER], {}, 'encode');
    const named = { 'X-Workflow-Id': 'order-1', 'X-Run-Id': 'run-1' };
    await ask(url, 'alice', payloads, named);
    await ask(url, 'bob', payloads, named);
    await ask(url, 'alice', payloads, { 'X-Workflow-Id': 'order-2' });
    await ask(url, 'alice', payloads);
    expect((await ask(url, 'mallory', payloads, named)).status).toBe(401);
    const { stderr } = await stop(child);

    const [, head = ''] = /^waxseal: Audit head: (\S+)$/m.exec(stderr) ?? [];
    expect(head).toMatch(HEAD);
    expect((await waxseal(['audit', 'head', file])).stdout).toBe(`${head}\n`);
    const whole = await waxseal(['audit', 'verify', file, '--expect-head', head]);
    expect([whole.exitCode, whole.stdout]).toEqual([
      0,
      expect.stringMatching(/^6 lines: 6 intact in 1 chain, 0 not chained\nFrom .*\nIntact, with all/s),
    ]);

    const who = await waxseal(['audit', 'query', '--workflow', 'order-1', file]);
    expect(who.exitCode).toBe(0);
    expect(who.stdout).toMatch(
      /^\S+ "alice" of "bearer" decode in "orders": allowed, 1 payload, keys "orders\/v1", workflow named,/m,
    );
    expect(who.stdout).toMatch(/^"bob" of "bearer": 1 read, 0 encoded, from /m);
    expect(who.stdout).toMatch(/^2 of 6 records match\.$/m);
    expect(who.stdout).toMatch(/^Not complete: 2 records of data that was answered name no workflow/m);

    const last = await waxseal(
      ['audit', 'query', '--key', 'orders/v1', '--last', '--json', '-'],
      readFileSync(file, 'utf8'),
    );
    const answer = JSON.parse(last.stdout) as { matches: { record: object }[]; by: object[]; found: number };
    expect(answer.matches.map(({ record }) => record)).toEqual([
      expect.objectContaining({ principal: 'alice', operation: 'decode', named: null }),
    ]);
    expect([answer.found, answer.by]).toEqual([
      5,
      [
        expect.objectContaining({ principal: 'alice', reads: 3, encodes: 1, others: 0 }),
        expect.objectContaining({ principal: 'bob', reads: 1 }),
      ],
    ]);

    const other = await waxseal(['audit', 'query', '--key', 'orders', file]);
    expect(other.stdout).toMatch(/^0 of 6 records match\.\nKeys on record: "orders\/v1"$/m);

    writeFileSync(file, readFileSync(file, 'utf8').replace('"principal":"bob"', '"principal":"bot"'));
    const altered = await waxseal(['audit', 'verify', file]);
    expect([altered.exitCode, altered.stdout]).toEqual([
      1,
      expect.stringMatching(/^BREAK altered at ".*audit\.jsonl" line 3: .*\nBroken: 1 break\.$/m),
    ]);
    expect(altered.stderr).toBe('');
  });

  it('signs lines with a key, which verification asks for', async () => {
    const { url, child } = await serve(['--audit-key-file', keyFile]);
    await ask(url, 'alice', [ORDER]);
    await stop(child);
    const without = await waxseal(['audit', 'verify', file]);
    expect([without.exitCode, without.stderr]).toEqual([
      1,
      expect.stringMatching(
        aFailure(
          'WAXSEAL_CONFIGURATION',
          'The lines are signed\\. Give --audit-key-file <file> with the key\\.',
        ),
      ),
    ]);
    const env = { WAXSEAL_AUDIT_KEY_FILE: keyFile };
    expect((await waxseal(['audit', 'verify', file], '', env)).exitCode).toBe(0);
    expect(await verify(file, '--audit-key-file', keyFile)).toMatchObject({ exitCode: 0, chained: 1 });
    expect(readFileSync(file, 'utf8')).not.toContain('kkkk');
  });

  it('refuses a key that others may use, is too short, or has no lines to sign', async () => {
    const serveWith = (...args: string[]) => waxseal(['serve', '--config', config, ...args]);
    writeFileSync(join(directory, 'open.key'), 'k'.repeat(32), { mode: 0o604 });
    writeFileSync(join(directory, 'short.key'), 'secret-of-few-bytes', { mode: 0o600 });
    for (const [name, complaint] of [
      ['open.key', 'may be used by everybody'],
      ['short.key', 'must have 32 to 4096 bytes'],
      ['no.key', 'cannot be read: ENOENT'],
    ] as const) {
      const args = ['--audit-key-file', join(directory, name)];
      const { exitCode, stderr } = await serveWith(...args);
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining(complaint)]);
      expect(stderr).not.toContain('secret-of');
      expect((await serveWith('--check', ...args)).stdout).toMatch(new RegExp(`fail .*${complaint}`));
    }
    const { stderr } = await serveWith('--audit', 'otlp', '--audit-key-file', keyFile);
    expect(stderr).toContain('auditKeyFile (--audit-key-file) is for lines');
  });

  it('chains what is written to standard output also', async () => {
    configure({ audit: 'stdout' });
    const texts: string[] = [];
    for (let start = 0; start < 2; start++) {
      const { url, child } = await serve();
      const end = stop;
      child.stdout?.on('data', (chunk: Buffer) => texts.push(chunk.toString()));
      await ask(url, 'alice', [ORDER]);
      await end(child);
      texts.push('Codec Server at http://127.0.0.1:1\n');
    }
    const check = (...args: string[]) => waxseal(['audit', 'verify', '-', ...args], texts.join(''));
    expect(await check('--container-log')).toMatchObject({ exitCode: 0 });
    expect(await check()).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('BREAK restarted') });
  });

  it('is used wrongly with exit code 2', async () => {
    for (const args of [
      ['verify', file, '--expect-head', 'x'],
      ['query', file],
      ['query', file, '--key', 'k', '--since', 'soon'],
      ['nothing'],
    ]) {
      expect([args, (await waxseal(['audit', ...args])).exitCode]).toEqual([args, 2]);
    }
    expect(await waxseal(['audit', 'verify', file])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^waxseal: .*audit\.jsonl cannot be read \(ENOENT\)/),
    });
    writeFileSync(`${file}.gz`, 'no gzip');
    expect((await waxseal(['audit', 'verify', `${file}.gz`])).stderr).toContain(
      'cannot be read (Z_DATA_ERROR)',
    );
    writeFileSync(file, '{}\n');
    expect((await waxseal(['audit', 'head', file])).stderr).toContain('no line is in a chain');
  });

  it('prints nothing of a record as it is', async () => {
    const { url, child } = await serve();
    await ask(url, 'alice', [ORDER], { 'X-Workflow-Id': '%E2%80%AEorder', 'X-Run-Id': 'a b' });
    await stop(child);
    const { stdout } = await waxseal(['audit', 'query', '--principal', 'alice', '--json', file]);
    expect(stdout).toContain('\\u202eorder');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"alice"', '"\\u001b[2J"'));
    expect((await waxseal(['audit', 'query', '--principal', '\u001b[2J', file])).stdout).toContain(
      '"\\u001b[2J" of',
    );
  });
});

/** Asks as fast as it can, until it fails or is told to stop. */
async function load(url: string, signal: AbortSignal): Promise<number> {
  let answered = 0;
  const one = async () => {
    while (!signal.aborted) {
      if ((await ask(url, 'alice', [ORDER])).status === 200) answered += 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, () => one().catch(() => undefined)));
  return answered;
}

async function untilLines(count: number, path = file): Promise<void> {
  while (!existsSync(path) || readFileSync(path, 'utf8').split('\n').length <= count) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('the audit file of a server under load', () => {
  it('is intact after SIGKILL and another start, but for a line that was cut off', async () => {
    const never = new AbortController();
    let answered = 0;
    for (let start = 0; start < 3; start++) {
      const { url, child } = await serve();
      const loaded = load(url, never.signal);
      const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').length : 0;
      await untilLines(lines + 50);
      child.kill('SIGKILL');
      answered += await loaded;
      // As where the machine went down within the line.
      if (start === 1) truncateSync(file, readFileSync(file).length - 20);
    }
    const { child } = await serve();
    await stop(child);
    const { exitCode, chained, chains, findings } = await verify(file);
    expect([exitCode, chains.length]).toEqual([0, 3]);
    expect(findings.map(({ kind }) => kind)).toEqual(['note']);
    // Each answer that a client had was recorded; but for the one that was taken away here.
    expect(chained).toBeGreaterThanOrEqual(answered - 1);
  });

  it('goes on when it is rotated by renaming, and loses no line', async () => {
    const { url, child } = await serve();
    const done = new AbortController();
    const loaded = load(url, done.signal);
    for (const number of [3, 2, 1]) {
      await untilLines(50);
      renameSync(file, `${file}.${String(number)}`);
    }
    await untilLines(50);
    done.abort();
    const answered = await loaded;
    await stop(child);
    writeFileSync(`${file}.3.gz`, gzipSync(readFileSync(`${file}.3`)));
    const { exitCode, chained, chains, findings } = await verify(
      `${file}.3.gz`,
      `${file}.2`,
      `${file}.1`,
      file,
    );
    expect([exitCode, chained, chains.length, findings]).toEqual([0, answered, 1, []]);
  });

  it('goes on when it is copied and truncated', async () => {
    const { url, child } = await serve();
    for (const number of [2, 1]) {
      for (let count = 0; count < 3; count++) await ask(url, 'alice', [ORDER]);
      copyFileSync(file, `${file}.${String(number)}`);
      truncateSync(file);
    }
    await ask(url, 'alice', [ORDER]);
    await stop(child);
    const { exitCode, chained, chains } = await verify(`${file}.2`, `${file}.1`, file);
    expect([exitCode, chained, chains.length]).toEqual([0, 7, 1]);
  });

  it('is intact after no more could be written, within a line', async () => {
    // The system writes what there is room for, and then reports that there is no more.
    const child = spawn(
      'bash',
      [
        '-c',
        'ulimit -f 8; exec "$0" "$@"',
        process.execPath,
        join(__dirname, '..', 'bin', 'waxseal.mjs'),
        'serve',
        '--config',
        config,
      ],
      { stdio: 'pipe' },
    );
    running.push(child);
    const [, url = ''] = await waitForLine(child, /Codec Server at (\S+)\n/);
    let answered = 0;
    while ((await ask(url, 'alice', [ORDER])).status === 200) answered += 1;
    renameSync(file, `${file}.1`);
    while ((await ask(url, 'alice', [ORDER])).status !== 200) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await stop(child);
    const { exitCode, chained, chains, findings } = await verify(`${file}.1`, file);
    expect(findings.map(({ kind }) => kind)).toEqual(['note']);
    expect([exitCode, chained, chains.length]).toEqual([0, answered + 1, 2]);
  });
});
