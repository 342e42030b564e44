/**
 * Builds every edition of the site into one folder, each from its own tag and by its own tools: what a host
 * of static files is given whole. What comes next is built from the commit that is checked out.
 *
 * Usage: node tools/site/dist/publish.js <folder>
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { EDITION_VARIABLE, type Edition, editionsOf } from './editions';
import { ROOT } from './settings';

/** By this file, a checkout tells that it can be one edition of several. */
const EDITIONS = 'tools/site/src/editions.ts';

function run(command: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): void {
  execFileSync(command, args, {
    cwd,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
}

/** Builds one edition in a checkout, and puts it in its place. */
function build(checkout: string, edition: Edition, all: readonly Edition[], output: string): void {
  run(process.execPath, ['tools/site/dist/main.js'], checkout, {
    [EDITION_VARIABLE]: JSON.stringify({ ...edition, all }),
  });
  cpSync(join(checkout, '.cache/site/html'), join(output, edition.path), { recursive: true });
}

/** Checks a tag out beside this checkout, and builds it there. */
function buildRelease(edition: Edition, all: readonly Edition[], output: string): void {
  const checkout = mkdtempSync(join(tmpdir(), 'waxseal-site-'));
  try {
    run('git', ['worktree', 'add', '--detach', checkout, edition.ref], ROOT);
    if (!existsSync(join(checkout, EDITIONS))) {
      throw new Error(`${edition.ref} has no ${EDITIONS}: its documentation cannot stand beside others.`);
    }
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], checkout);
    run('npx', ['tsc', '-b'], checkout);
    build(checkout, edition, all, output);
  } finally {
    run('git', ['worktree', 'remove', '--force', checkout], ROOT);
    rmSync(checkout, { recursive: true, force: true });
  }
}

function main(): void {
  const [folder, ...rest] = process.argv.slice(2);
  if (folder === undefined || rest.length > 0) {
    throw new Error('Usage: node tools/site/dist/publish.js <folder>');
  }
  const output = resolve(folder);
  mkdirSync(output, { recursive: true });
  if (readdirSync(output).length > 0) throw new Error(`${output} is not empty. Give a new folder.`);
  const tags = execFileSync('git', ['tag', '--list', 'v*'], { cwd: ROOT, encoding: 'utf8' }).split('\n');
  const all = editionsOf(tags);
  for (const edition of all) {
    console.log(`${edition.name}, of ${edition.ref}`);
    if (edition.name === 'next') build(ROOT, edition, all, output);
    else buildRelease(edition, all, output);
  }
}

try {
  main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
