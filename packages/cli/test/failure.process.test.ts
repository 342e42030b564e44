import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { aFailure } from './support/a-failure';
import { waxseal } from './support/waxseal';

const directory = temporaryDirectory();

/** Calls that fail, each with its code and exit code. */
const CALLS: readonly (readonly [args: readonly string[], code: string, exitCode: number])[] = [
  [['nosuch'], 'WAXSEAL_USAGE', 2],
  [['count', '--lmit', '3'], 'WAXSEAL_USAGE', 2],
  [['count', '--expect', 'all'], 'WAXSEAL_USAGE', 2],
  [['count', '--temporal', 'a.json'], 'WAXSEAL_USAGE', 2],
  [['inspect', '--run-id', 'r'], 'WAXSEAL_USAGE', 2],
  [['decode', '--run-id', 'r'], 'WAXSEAL_USAGE', 2],
  [['serve', '--log', 'xml'], 'WAXSEAL_USAGE', 2],
  [['store', 'gc', '--grace', 'soon', '--yes'], 'WAXSEAL_USAGE', 2],
  [['keys', 'usage', '--state', 's.json', 'a.json'], 'WAXSEAL_USAGE', 2],
  [['doctor'], 'WAXSEAL_CONFIGURATION', 1],
  [['inspect', 'nosuch.json'], 'WAXSEAL_CONFIGURATION', 1],
  [['audit', 'verify', 'nosuch.jsonl'], 'WAXSEAL_CONFIGURATION', 1],
  [['store', 'check'], 'WAXSEAL_CONFIGURATION', 1],
  [['count', '--temporal'], 'WAXSEAL_TEMPORAL', 1],
  [['health', '--url', 'http://127.0.0.1:1/readyz'], 'WAXSEAL_UNHEALTHY', 1],
];
const ENVIRONMENT = { TEMPORAL_ADDRESS: '127.0.0.1:1', TEMPORAL_CONFIG_FILE: join(directory, 'none.toml') };

describe('a command that fails', () => {
  it.each(CALLS)('%j says %s, and what to do', async (args, code, exitCode) => {
    const ended = await waxseal(args, '', ENVIRONMENT, directory);
    expect(ended).toEqual({ exitCode, stdout: '', stderr: expect.stringMatching(aFailure(code)) as unknown });
  });

  it.each(CALLS)('%j says so to a program with --json, on standard error', async (args, code, exitCode) => {
    const { stdout, stderr, ...ended } = await waxseal([...args, '--json'], '', ENVIRONMENT, directory);
    expect({ stdout, ...ended }).toEqual({ stdout: '', exitCode });
    const last = JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as { readonly error: object };
    expect(last.error).toMatchObject({
      code,
      exitCode,
      help: `https://waxseal.github.io/waxseal/errors#${code.toLowerCase()}`,
    });
    expect(Object.keys(last.error)).toEqual(
      expect.arrayContaining(['message', 'cause', 'next', 'retryable']),
    );
  });

  it('is a line of JSON to whoever reads a log in JSON', async () => {
    for (const log of [['--log', 'json'], ['--log=json']]) {
      const { exitCode, stderr } = await waxseal(['serve', ...log], '', ENVIRONMENT, directory);
      expect(exitCode).toBe(1);
      expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'WAXSEAL_CONFIGURATION' } });
    }
  });

  it('names the command whose help says more', async () => {
    const { stderr } = await waxseal(['keys', 'reseal', 'files']);
    expect(stderr).toContain('"waxseal keys reseal files --help" has examples');
  });

  it('shows help where a subcommand is missing', async () => {
    const { exitCode, stdout, stderr } = await waxseal(['keys']);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^Usage: waxseal keys /);
  });

  it('tells a program what else there is to tell, in lines of JSON', async () => {
    const file = join(directory, 'clear.json');
    writeFileSync(file, '{"events":[{"eventId":1,"someNewEventAttributes":{}}]}');
    const { stderr } = await waxseal(['count', file, '--json']);
    const lines = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines)
      expect(Object.keys(line)).toEqual([expect.stringMatching(/^(?:notice|error)$/)]);
  });
});
