import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from '@jest/globals';
import { ROOT } from '../src/settings';

/** Within the repository, where imports of packages are found. */
const PROJECT = join(ROOT, '.cache', `testing-page-${String(process.pid)}`);

/** Files of the page, by the name in their first line. They take the server of this run. */
const files = [
  ...readFileSync(join(ROOT, 'docs/testing.md'), 'utf8').matchAll(/^```ts\n\/\/ (\S+)\n([^]*?)^```$/gm),
].map(
  ([, name = '', text = '']) =>
    [
      name,
      text.replace(
        '.createLocal({',
        '.createFromExistingServer({ address: process.env.WAXSEAL_TEST_TEMPORAL_ADDRESS,',
      ),
    ] as const,
);

afterAll(() => {
  rmSync(PROJECT, { recursive: true, force: true });
});

it('docs/testing.md has files that pass as they are', async () => {
  expect(files.map(([name]) => name)).toEqual(['workflows.ts', 'greet.test.ts', 'outage.test.ts']);
  mkdirSync(PROJECT, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(PROJECT, name), text);
  const config = {
    rootDir: PROJECT,
    testEnvironment: 'node',
    transform: { '\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
  };
  const jest = join(ROOT, 'node_modules/jest/bin/jest.js');
  const { stderr } = await promisify(execFile)(
    process.execPath,
    [jest, '--runInBand', '--config', JSON.stringify(config)],
    { cwd: ROOT, env: process.env },
  ).catch((error: unknown) => error as { stderr: string });
  expect(stderr).toContain('Tests:       2 passed, 2 total');
}, 180_000);
