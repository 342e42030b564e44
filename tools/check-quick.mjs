/**
 * What `npm test` would say of the files that were changed, as far as it can be said within a minute: compiles, checks the types of the
 * tests, and lints and tests what belongs to them.
 *
 * Usage: node tools/check-quick.mjs [commit], whose files are compared; HEAD by default
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { jobs } from './run/jobs.mjs';
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
const sources = code.filter((file) => file.endsWith('.ts'));

/** As `npm test` does it, for these files. */
const commandOf = (name) => jobs.test.find((step) => step.name === name).command;

const steps = [
  ['compile', ['node_modules/typescript/bin/tsc', '-b']],
  ['types of the tests', commandOf('types of the tests')],
];
if (code.length > 0) steps.push(['lint', [...commandOf('lint').slice(0, -1), ...code]]);
if (changed.length > 0) {
  steps.push(['format', [...commandOf('format').slice(0, -1), '--ignore-unknown', ...changed]]);
}
if (code.length > 0) steps.push(['arrows between modules', commandOf('arrows between modules')]);
if (sources.length > 0) {
  const related = [
    '--findRelatedTests',
    ...sources,
    '--selectProjects',
    'pure',
    'process',
    '--passWithNoTests',
  ];
  steps.push(['tests', [...commandOf('tests'), ...related], true]);
}

let exitCode = 0;
for (const [name, command, shown] of steps) exitCode ||= await runStep(name, command, { shown });
process.exit(exitCode);
