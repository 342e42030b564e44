import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { beforeAll, expect, it } from '@jest/globals';

const ROOT = join(__dirname, '../../..');

const REFUSED = ['AbortSignal.timeout(1)', 'AbortSignal.any([])', "AbortSignal['timeout'](1)"];
const ORDINARY = 'new AbortController().signal';

let broken: Record<string, string[]>;

/**
 * Names of the rules that each expression breaks in a file, by the project's own configuration; ESLint is an
 * ES module, so elsewhere, and takes long to start.
 */
async function brokenRules(
  expressions: readonly string[],
  filePath: string,
): Promise<Record<string, string[]>> {
  const program = `
    import { ESLint } from 'eslint';
    const eslint = new ESLint({
      overrideConfig: { languageOptions: { parserOptions: { project: false } } },
      ruleFilter: ({ ruleId }) => ruleId === 'no-restricted-syntax',
    });
    const [filePath, ...expressions] = process.argv.slice(1);
    const broken = {};
    for (const expression of expressions) {
      const [result] = await eslint.lintText(\`export const signal = \${expression};\\n\`, { filePath });
      broken[expression] = result.messages.map(({ ruleId }) => ruleId);
    }
    console.log(JSON.stringify(broken));`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', program, filePath, ...expressions],
    { cwd: ROOT },
  );
  return JSON.parse(stdout) as Record<string, string[]>;
}

beforeAll(async () => {
  broken = await brokenRules([...REFUSED, ORDINARY], 'packages/core/src/base/deadline.ts');
});

it.each(REFUSED)('lint refuses %s in a package, where it may not come on Node.js 20', (expression) => {
  expect(broken[expression]).toEqual(['no-restricted-syntax']);
});

it('lint has nothing against an ordinary signal', () => {
  expect(broken[ORDINARY]).toEqual([]);
});
