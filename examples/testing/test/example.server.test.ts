import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const EXAMPLE = join(__dirname, '..');
const read = (path: string): string => readFileSync(join(EXAMPLE, path), 'utf8');

it('runs as its README says', async () => {
  expect(read('README.md')).toContain('```sh\ncd examples/testing\nnpm test\n```');
  // A run of Jest within another one takes its variables for its own.
  const own = Object.entries(process.env).filter(([name]) => !/^(?:JEST_|NODE_ENV$|TEMPORAL_)/.test(name));
  const env = { ...Object.fromEntries(own), TEMPORAL_CLI: process.env['WAXSEAL_TEST_TEMPORAL_CLI'] };
  const { stdout, stderr } = await promisify(execFile)('npm', ['test'], {
    cwd: EXAMPLE,
    env,
    timeout: 240_000,
  });
  expect(stderr).toMatch(/^Tests: +3 passed, 3 total$/m);
  // eslint-disable-next-line no-control-regex
  expect(stdout.replace(/\u001b\[\d+m/g, '')).toMatch(/^ +Tests +3 passed \(3\)$/m);
}, 300_000);

it.each(['greet.test.ts', 'outage.test.ts'])('has the same %s for both', (name) => {
  expect(read(`vitest/${name}`)).toBe(read(`jest/${name}`).replace("from '@jest/globals'", "from 'vitest'"));
});
