import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { expect, it } from '@jest/globals';

const ROOT = join(__dirname, '../../..');

/**
 * Names of the rules that a text breaks in a file, by the project's own configuration; ESLint is an ES
 * module, so elsewhere.
 */
async function brokenRules(text: string, filePath: string): Promise<string[]> {
  const program = `
    import { ESLint } from 'eslint';
    const eslint = new ESLint({
      overrideConfig: { languageOptions: { parserOptions: { project: false } } },
      ruleFilter: ({ ruleId }) => ruleId === 'no-restricted-syntax',
    });
    const [result] = await eslint.lintText(process.argv[1], { filePath: process.argv[2] });
    console.log(JSON.stringify(result.messages.map(({ ruleId }) => ruleId)));`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', program, text, filePath],
    { cwd: ROOT },
  );
  return JSON.parse(stdout) as string[];
}

it.each(['AbortSignal.timeout(1)', 'AbortSignal.any([])', "AbortSignal['timeout'](1)"])(
  'lint refuses %s in a package, where it may not come on Node.js 20',
  async (expression) => {
    const text = `export const signal = ${expression};\n`;
    expect(await brokenRules(text, 'packages/core/src/base/deadline.ts')).toEqual(['no-restricted-syntax']);
  },
);

it('lint has nothing against an ordinary signal', async () => {
  const text = 'export const { signal } = new AbortController();\n';
  expect(await brokenRules(text, 'packages/core/src/base/deadline.ts')).toEqual([]);
});
