import type { ChildProcess } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import type { RequestListener, Server } from 'node:http';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLocalKeyringFile } from '@waxseal/local-key';
import { jsonPayload } from '@waxseal/test-support';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { startAwsKmsDouble } from '@waxseal/testing';

import { answering, startWorker, type Worker } from './support/told-metrics';
import { ended, startWaxseal, waitForLine, waxseal, type Ended } from './support/waxseal';

const directory = temporaryDirectory();
let config: string;
let [oldKey, newKey] = ['', ''];
let made = 0;
const workers: Worker[] = [];
const servers: Server[] = [];
const children: ChildProcess[] = [];

beforeEach(() => {
  made += 1;
  const uriOf = (name: string): string => {
    const file = join(directory, `${name}-${String(made)}.json`);
    createLocalKeyringFile(file, { id: name });
    return `local://${file}#${name}`;
  };
  oldKey = uriOf('old');
  newKey = uriOf('new');
  config = join(directory, `waxseal-${String(made)}.config.json`);
  writeFileSync(config, `{\n  "primaryKey": ${JSON.stringify(oldKey)}\n}\n`);
});
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.close()));
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  await Promise.all(
    children.splice(0).map(async (child) => {
      if (child.exitCode !== null) return;
      const end = ended(child);
      child.kill('SIGKILL');
      await end;
    }),
  );
});

const rotate = (stage: string, ...args: string[]): Promise<Ended> =>
  waxseal(['keys', 'rotate', stage, '--config', config, '--to', 'new', ...args]);

interface Report {
  readonly ok: boolean;
  readonly refusals: readonly string[];
  readonly warnings: readonly string[];
  readonly processes: readonly {
    kind: string;
    next: string;
    previous: string;
    stage: string;
    because: string;
  }[];
  readonly change: { file: string | null; written: boolean; lines: string[]; diff: string[] } | null;
}

async function reportOf(stage: string, ...args: string[]): Promise<Report & { exitCode: number | null }> {
  const { exitCode, stdout, stderr } = await rotate(stage, ...args, '--json');
  if (stdout === '') throw new Error(stderr);
  return { exitCode, ...(JSON.parse(stdout) as Report) };
}

const written = (): unknown => JSON.parse(readFileSync(config, 'utf8'));

async function deployWorker(): Promise<Worker> {
  const worker = await startWorker(config);
  workers.push(worker);
  return worker;
}

async function deployCodecServer(): Promise<string> {
  const child = startWaxseal(['serve', '--config', config, '--port', '0']);
  children.push(child);
  const [, url = ''] = await waitForLine(child, /Codec Server at (\S+)\n/);
  return url;
}

async function standIn(listener: RequestListener): Promise<string> {
  const { server, url } = await answering(listener);
  servers.push(server);
  return url;
}

describe('waxseal keys rotate', () => {
  it('goes all stages, each only once every process is there, and everything stays readable', async () => {
    const before = await deployWorker();
    const ofBefore = ['--codec-server', await deployCodecServer(), '--worker-metrics', before.url];
    const sealedBefore = await before.codec.encode([jsonPayload('before')]);
    expect((await reportOf('promote', ...ofBefore)).refusals).toContain(
      'The new key is not configured here: "waxseal keys rotate add" comes first.',
    );

    const added = await rotate('add', '--to', newKey, '--write', '--yes');
    expect([added.exitCode, added.stdout]).toEqual([
      0,
      expect.stringContaining(`+   "decryptKeys": ["${newKey}"]`),
    ]);
    expect(written()).toEqual({ primaryKey: oldKey, decryptKeys: [newKey] });

    const early = await reportOf('promote', ...ofBefore, '--write', '--yes', '--unchecked');
    expect(early.exitCode).toBe(1);
    expect(early.refusals).toHaveLength(2);
    expect(early.processes).toMatchObject([
      { kind: 'codec-server', next: 'absent', previous: 'held', stage: 'before add' },
      { kind: 'worker', next: 'absent', previous: 'primary', stage: 'before add' },
    ]);
    expect(written()).toEqual({ primaryKey: oldKey, decryptKeys: [newKey] });

    const reader = await deployWorker();
    const ofAdded = ['--codec-server', await deployCodecServer(), '--worker-metrics', reader.url];
    const half = await reportOf('promote', ...ofAdded, '--worker-metrics', before.url);
    expect([half.exitCode, half.refusals]).toEqual([1, [expect.stringContaining(before.url)]]);

    const promoted = await reportOf('promote', ...ofAdded, '--expect-workers', '1', '--write', '--yes');
    expect(promoted).toMatchObject({ exitCode: 0, ok: true, refusals: [], change: { written: true } });
    expect(written()).toEqual({ primaryKey: newKey, decryptKeys: [oldKey] });
    const after = await deployWorker();
    const sealedAfter = await after.codec.encode([jsonPayload('after')]);
    for (const sealed of [sealedBefore, sealedAfter]) await reader.codec.decode(sealed);
    await after.codec.decode(sealedBefore);

    const status = await rotate('status', ...ofAdded, '--worker-metrics', after.url);
    expect(status.exitCode).toBe(0);
    expect(status.stdout).toMatch(/^added +decryptOnly +primary +http/m);
    expect(status.stdout).toMatch(/^promoted +primary +decryptOnly +http/m);
    expect(status.stdout).toMatch(/^added or promoted +yes +yes +Codec Server http/m);

    const usage = join(directory, `usage-${String(made)}.json`);
    const keys = [{ id: 'old/v1', notNeededFrom: '2026-01-01T00:00:00Z' }];
    writeFileSync(usage, JSON.stringify({ asOf: new Date().toISOString(), complete: true, keys }));
    const withUsage = ['--usage', usage, '--write', '--yes'];
    const mixed = await reportOf('retire', ...ofAdded, '--worker-metrics', after.url, ...withUsage);
    expect(mixed.refusals).toEqual([`${reader.url} has the old key as primary: it still wraps.`]);
    const unshown = await reportOf('retire', '--worker-metrics', after.url);
    expect(unshown.refusals).toEqual([expect.stringContaining('--usage <file>')]);
    const retired = await reportOf('retire', '--worker-metrics', after.url, ...withUsage);
    expect([retired.exitCode, written()]).toEqual([0, { primaryKey: newKey }]);
  });

  it('believes no server that answers to another question, or that is no Codec Server or worker', async () => {
    await rotate('add', '--to', newKey, '--write', '--yes');
    const older = await standIn((_, response) => response.end('ready\n'));
    const moved = await standIn((_, response) => response.writeHead(302, { location: '/other' }).end());
    const huge = await standIn((_, response) => {
      const write = (): void => {
        while (
          response.write(
            'waxseal_keyring_keys{waxseal_key_id="new",waxseal_key_role="primary"} 1\n'.repeat(999),
          )
        );
        response.once('drain', write);
      };
      write();
    });
    const silent = await standIn(() => undefined);
    const without = await standIn((_, response) => response.end('up 1\n'));
    const asked = [
      ...[older, moved, silent].flatMap((url) => ['--codec-server', url]),
      ...[huge, without, moved, 'http://127.0.0.1:1/metrics'].flatMap((url) => ['--worker-metrics', url]),
    ];
    const { exitCode, processes, refusals } = await reportOf(
      'promote',
      ...asked,
      '--timeout',
      '2',
      '--unchecked',
    );
    expect(exitCode).toBe(1);
    expect(refusals).toHaveLength(7);
    expect(processes.map(({ next, because }) => [next, because])).toEqual([
      ['unknown', 'it is of a version that does not tell of single keys'],
      ['unknown', 'it answers 302, and not as a Codec Server does'],
      ['unknown', 'it does not answer within 2000 ms'],
      ['unknown', 'its answer is longer than 8 MiB'],
      ['unknown', 'it shows no waxseal_keyring_keys'],
      ['unknown', 'it answers 302'],
      ['unknown', 'it cannot be asked (ECONNREFUSED)'],
    ]);
    expect((await reportOf('status', ...asked, '--timeout', '1')).exitCode).toBe(1);
  });

  it('asks a Prometheus server which processes have the keys, and wants to know how many there are', async () => {
    await rotate('add', '--to', newKey, '--write', '--yes');
    const queries: (string | null)[] = [];
    let isWhole = false;
    const prometheus = await standIn((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
      queries.push(searchParams.get('query'));
      const of = (instance: string, id: string, role: string) => ({
        metric: {
          __name__: 'waxseal_keyring_keys',
          job: 'orders',
          instance,
          waxseal_key_id: id,
          waxseal_key_role: role,
        },
        value: [1, '1'],
      });
      const result = [
        of('w1:9464', 'old', 'primary'),
        of('w1:9464', 'new', 'decryptOnly'),
        of('w2:9464', 'old', 'primary'),
        ...(isWhole ? [of('w2:9464', 'new', 'decryptOnly')] : []),
      ];
      const answer = { status: 'success', data: { resultType: 'vector', result } };
      response.writeHead(pathname === '/base/api/v1/query' ? 200 : 404).end(JSON.stringify(answer));
    });
    const asked = ['--prometheus', `${prometheus}/base/`, '--prometheus-match', 'job="orders"'];
    expect((await reportOf('promote', ...asked, '--expect-workers', '2')).refusals).toEqual([
      expect.stringMatching(/\{instance="w2:9464", job="orders"\} may not be able to read/),
    ]);
    isWhole = true;
    expect((await reportOf('promote', ...asked)).refusals).toEqual([
      expect.stringContaining('--expect-workers'),
    ]);
    expect((await reportOf('promote', ...asked, '--expect-workers', '3')).refusals).toEqual([
      '2 of 3 workers were found.',
    ]);
    expect((await reportOf('promote', ...asked, '--expect-workers', '2')).exitCode).toBe(0);
    expect(new Set(queries)).toEqual(new Set(['waxseal_keyring_keys{job="orders"}']));
  });

  it('refuses a key that cannot be used, and warns where the caller may not wrap', async () => {
    const kms = await startAwsKmsDouble();
    const key = kms.createKey();
    const environment = {
      AWS_ENDPOINT_URL: kms.endpoint,
      AWS_ACCESS_KEY_ID: 'AKIDROTATE',
      AWS_SECRET_ACCESS_KEY: 'secret',
    };
    const run = (stage: string, ...args: string[]): Promise<Ended> => {
      const keys = ['--config', config, '--to', `awskms:///${key.arn}`];
      return waxseal(['keys', 'rotate', stage, ...keys, ...args], '', environment);
    };
    try {
      key.disable();
      const refused = await run('add', '--write', '--yes');
      expect([refused.exitCode, refused.stdout]).toEqual([1, expect.stringMatching(/refused: .*Disabled/)]);
      key.enable();
      expect((await run('add', '--write', '--yes')).exitCode).toBe(0);
      const needless = ['--expect-workers', '0'];
      key.scheduleDeletion();
      expect((await run('promote', ...needless)).exitCode).toBe(1);
      key.state = 'Enabled';
      kms.deny('Encrypt');
      const warned = await run('promote', ...needless);
      expect([warned.exitCode, warned.stdout]).toEqual([
        0,
        expect.stringMatching(/WARNING: .* may not wrap/),
      ]);
      kms.deny('Decrypt');
      expect((await run('promote', ...needless)).exitCode).toBe(1);
    } finally {
      await kms.close();
    }
  });

  it('prints variables where they name the keys, and changes no file', async () => {
    const environment = { WAXSEAL_PRIMARY_KEY: oldKey, WAXSEAL_DECRYPT_KEYS: newKey };
    const args = ['keys', 'rotate', 'promote', '--to', 'new', '--expect-workers', '0'];
    const { exitCode, stdout } = await waxseal(args, '', environment, directory);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`  WAXSEAL_PRIMARY_KEY=${newKey}\n  WAXSEAL_DECRYPT_KEYS=${oldKey}\n`);
    const write = await waxseal([...args, '--write', '--yes'], '', environment, directory);
    expect([write.exitCode, write.stdout]).toEqual([
      1,
      expect.stringContaining('WAXSEAL_PRIMARY_KEY is set outside the configuration file'),
    ]);
  });

  it('keeps the mode of the file, and does nothing twice', async () => {
    const args = ['--to', newKey, '--write', '--yes'];
    expect((await rotate('add', ...args)).exitCode).toBe(0);
    const { ino } = statSync(config);
    const again = await rotate('add', ...args);
    expect([again.exitCode, again.stdout]).toEqual([
      0,
      expect.stringContaining('There is nothing to change here.'),
    ]);
    expect(statSync(config).ino).toBe(ino);
    const promoted = await rotate('promote', '--unchecked', '--write', '--yes');
    expect(promoted.stdout).toContain('WARNING: UNCHECKED: No worker was asked');
    expect((await rotate('add', ...args)).exitCode).toBe(1);
    expect((await rotate('promote', '--expect-workers', '0')).stdout).toContain(
      'There is nothing to change here.',
    );
  });

  it('shows what a function that chooses keyrings has, and changes nothing of it', async () => {
    const file = join(directory, 'chosen.config.mjs');
    const core = JSON.stringify(require.resolve('@waxseal/core'));
    const localKey = JSON.stringify(require.resolve('@waxseal/local-key'));
    writeFileSync(
      file,
      `import { Keyring } from ${core}; import { LocalKey } from ${localKey};
       const keyring = new Keyring({ primary: new LocalKey({ id: 'old', key: Buffer.alloc(32) }) });
       export default { keyring: () => keyring };`,
    );
    const base = ['keys', 'rotate', '--config', file, '--to', 'new'];
    const { exitCode, stderr } = await waxseal([...base.slice(0, 2), 'promote', ...base.slice(2)]);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('by a function: change it there')]);
    expect((await waxseal(base)).exitCode).toBe(0);
  });

  it.each<[string, string[], RegExp]>([
    ['no new key', ['keys', 'rotate', 'add'], /--to/],
    ['a stage that there is not', ['keys', 'rotate', 'swap', '--to', 'x'], /Allowed choices are status, add/],
    ['an ID for add', ['keys', 'rotate', 'add', '--to', 'unknown'], /give the URI of the key/],
    ['a question that nobody can answer', ['keys', 'rotate', 'add', '--to', 'x', '--write'], /add --yes/],
    [
      'credentials in a URL',
      ['keys', 'rotate', '--to', 'x', '--prometheus', 'http://u:p@h'],
      /without a user name/,
    ],
    [
      'matchers that end the selector',
      ['keys', 'rotate', '--to', 'x', '--prometheus-match', 'a="b"} or up{'],
      /without braces/,
    ],
    [
      'nothing that could go',
      ['keys', 'rotate', 'retire', '--to', 'old'],
      /Name the key that is to go with --from/,
    ],
  ])('takes %s for wrong usage', async (_, args, words) => {
    const { exitCode, stderr } = await waxseal(args, '', { WAXSEAL_CONFIG: config });
    expect(stderr).toMatch(words);
    expect(exitCode).toBe(2);
  });
});
