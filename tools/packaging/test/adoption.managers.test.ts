import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { beforeAll, describe, expect, it } from '@jest/globals';

const exec = promisify(execFile);
const root = resolve(__dirname, '../../..');

interface Run {
  readonly result: string;
  /** How each payload of the execution is stored. */
  readonly stored: readonly string[];
}

interface Adoption {
  readonly manager: string;
  readonly isDetected: boolean;
  readonly seconds: number;
  readonly lines: number;
  readonly files: readonly string[];
  readonly byHand: readonly unknown[];
  readonly toInstall: readonly string[];
  readonly smoke: string;
  readonly plain: Run;
  readonly encrypted: Run;
}

let adoptions: readonly Adoption[];
let withNothingInstalled: readonly string[];

beforeAll(async () => {
  const program = join(root, 'tools/packaging/adoption/main.mjs');
  // It fails above its limits of lines and seconds.
  const { stdout } = await exec(process.execPath, [program, '--json'], { cwd: root, maxBuffer: 1e8 });
  const said = JSON.parse(stdout) as {
    adoptions: readonly Adoption[];
    withNothingInstalled: readonly string[];
  };
  ({ adoptions, withNothingInstalled } = said);
}, 900_000);

describe.each(['npm', 'pnpm', 'yarn'])('an application of %s', (manager) => {
  const adoption = (): Adoption => {
    const found = adoptions.find((each) => each.manager === manager);
    if (found === undefined) throw new Error(`${manager} was not run.`);
    return found;
  };

  it('encrypts after an install and waxseal init', () => {
    const { plain, encrypted, smoke } = adoption();
    expect(new Set(plain.stored)).toEqual(new Set(['json/plain']));
    expect(encrypted).toEqual({
      result: plain.result,
      stored: plain.stored.map(() => 'binary/envelope'),
    });
    expect(smoke).toBe('Encrypted under orders/v1, and decrypted.');
  });

  it('needs a few lines and no hand', () => {
    const { lines, byHand, files, isDetected, toInstall } = adoption();
    expect(lines).toBeGreaterThan(0);
    expect(lines).toBeLessThanOrEqual(12);
    expect([byHand, toInstall, isDetected]).toEqual([[], [], true]);
    expect(files).toEqual(expect.arrayContaining(['src/waxseal.ts', 'waxseal.config.json']));
    expect(files.filter((path) => path.includes('keyring'))).toEqual([]);
  });
});

it('npx brings the command where nothing is installed', () => {
  expect(withNothingInstalled).toContain('waxseal.config.json');
});
