/**
 * What `npm test` would say of the files that were changed, as far as it can be said within a minute: compiles, checks the types of the
 * tests, and lints and tests what belongs to them.
 *
 * Usage: node tools/check-quick.mjs [commit], whose files are compared; HEAD by default
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { runStep } from './run/run-step.mjs';

const base = process.argv[2] ?? 'HEAD';
const git = (...args) => execFileSync('git', args, { encoding: 'utf8' }).split('\n').filter(Boolean);
const changed = [
  ...new Set([
    ...git('diff', '--name-only', '--diff-filter=d', base),
    ...git('ls-files', '--others', '--exclude-standard'),
  ]),
].filter((file) => existsSync(file));
const code = changed.filter((file) => /\.(?:ts|mjs|cjs)$/.test(file));
/** Folders of the workspaces that a change is in. */
const workspaces = [
  ...new Set(code.flatMap((file) => /^(?:packages|tools|examples)\/[^/]+(?=\/)/.exec(file) ?? [])),
];
const sources = code.filter((file) => file.endsWith('.ts'));

const steps = [
  ['compile', ['node_modules/typescript/bin/tsc', '-b']],
  ['types of the tests', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.tests.json']],
];
if (code.length > 0) {
  steps.push(['lint', ['--max-old-space-size=6144', 'node_modules/eslint/bin/eslint.js', ...code]]);
}
if (changed.length > 0) {
  const prettier = [
    'node_modules/prettier/bin/prettier.cjs',
    '--check',
    '--ignore-unknown',
    '--log-level',
    'warn',
  ];
  steps.push(['format', [...prettier, ...changed]]);
}
if (workspaces.length > 0) {
  steps.push([
    'arrows between modules',
    ['node_modules/dependency-cruiser/bin/dependency-cruise.mjs', '{packages,examples,tools}/*/src'],
  ]);
}
if (sources.length > 0) {
  const related = ['--findRelatedTests', ...sources, '--selectProjects', 'pure', '--passWithNoTests'];
  steps.push(['tests', ['node_modules/jest/bin/jest.js', ...related], true]);
}

let exitCode = 0;
for (const [name, command, shown] of steps) exitCode ||= await runStep(name, command, { shown });
process.exit(exitCode);
