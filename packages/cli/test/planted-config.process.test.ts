import { chmodSync, chownSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeEach, describe, expect, it } from '@jest/globals';
import { localKeyUri } from '@waxseal/config';
import { createLocalKeyringFile, LocalKey } from '@waxseal/local-key';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { waxseal } from './support/waxseal';

const SOMEBODY = 12_345;
const IS_ROOT = process.geteuid?.() === 0;
// Only root can give a file to somebody else.
if (!IS_ROOT) console.warn('Files of another owner are not tried: this process is not root.');
const asRoot = IS_ROOT ? it : it.skip;

let directory: string;
let config: string;
let marker: string;
let keyUri: string;

beforeEach(() => {
  directory = temporaryDirectory();
  marker = join(directory, 'it-was-run');
  config = join(directory, 'waxseal.config.cjs');
  const keys = join(directory, 'keys.json');
  createLocalKeyringFile(keys, { id: 'orders' });
  keyUri = localKeyUri(keys, 'orders');
  writeFileSync(
    config,
    `require('node:fs').writeFileSync(${JSON.stringify(marker)}, '');
     module.exports = { primaryKey: ${JSON.stringify(keyUri)} };`,
  );
});
const doctor = (
  args: readonly string[] = [],
  environment: Record<string, string> = {},
): ReturnType<typeof waxseal> => waxseal(['doctor', ...args], '', environment, directory);

describe('a configuration file in the working directory', () => {
  it('is used, and it is said which', async () => {
    expect(await doctor()).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining(`Configuration: ${config}`),
    });
    expect(existsSync(marker)).toBe(true);
  });

  it.each(['a variable', 'an option'])('is not run where %s names the keys, and it is said', async (by) => {
    const seen =
      by === 'an option'
        ? await doctor(['--primary-key', keyUri])
        : await doctor([], { WAXSEAL_PRIMARY_KEY: keyUri });
    expect(seen).toMatchObject({ exitCode: 0, stderr: expect.stringContaining(`Not read: ${config}`) });
    expect(existsSync(marker)).toBe(false);
  });

  it('is run beside a named key where it is named itself', async () => {
    writeFileSync(
      config,
      `require('node:fs').writeFileSync(${JSON.stringify(marker)}, ''); module.exports = {};`,
    );
    await doctor(['--config', config, '--primary-key', keyUri]);
    expect(existsSync(marker)).toBe(true);
  });

  const refusals: [string, () => void, RegExp][] = [
    [
      'everybody can write',
      () => {
        chmodSync(config, 0o666);
      },
      /everybody can write to .*chmod o-w/,
    ],
    [
      'stands where everybody can write',
      () => {
        chmodSync(directory, 0o777);
      },
      /everybody can write to .*chmod o-w/,
    ],
  ];
  const refusalsOfRoot: typeof refusals = [
    [
      'belongs to another user',
      () => {
        chownSync(config, SOMEBODY, 0);
      },
      /belongs to user 12345.*chown 0/,
    ],
    [
      'stands in a directory of another user',
      () => {
        chownSync(directory, SOMEBODY, 0);
      },
      /belongs to user 12345/,
    ],
    [
      'a group can write',
      () => {
        chownSync(config, 0, SOMEBODY);
        chmodSync(config, 0o664);
      },
      /group 12345 can write to .*chmod g-w/,
    ],
    [
      'is a link to a file of another user',
      () => {
        const there = join(directory, 'there');
        mkdirSync(there);
        writeFileSync(
          join(there, 'theirs.cjs'),
          `require('node:fs').writeFileSync(${JSON.stringify(marker)}, '');`,
        );
        chownSync(join(there, 'theirs.cjs'), SOMEBODY, SOMEBODY);
        rmSync(config);
        symlinkSync(join(there, 'theirs.cjs'), config);
      },
      /belongs to user 12345/,
    ],
  ];

  async function expectRefused(plant: () => void, complaint: RegExp): Promise<void> {
    plant();
    for (const args of [[], ['--config', config]]) {
      const seen = await doctor(args);
      expect(seen).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(complaint) });
    }
    expect(existsSync(marker)).toBe(false);
  }

  it.each(refusals)('is not run when it %s', (_how, plant, complaint) => expectRefused(plant, complaint));
  asRoot.each(refusalsOfRoot)('is not run when it %s', (_how, plant, complaint) =>
    expectRefused(plant, complaint),
  );
});

describe('a local key file', () => {
  asRoot('of another user is not used', () => {
    const path = join(directory, 'theirs.json');
    createLocalKeyringFile(path, { id: 'orders' });
    chownSync(path, SOMEBODY, SOMEBODY);
    expect(() => LocalKey.fromFile(path)).toThrow(/belongs to user 12345/);
  });

  it('that everybody could replace is not used', () => {
    const path = join(directory, 'keys.json');
    chmodSync(directory, 0o777);
    expect(() => LocalKey.fromFile(path)).toThrow(/everybody can write to/);
  });
});
