import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { dependenciesAreInstalled } from './dependencies-are-installed.mjs';
import { runStep } from './run-step.mjs';

/**
 * Makes a fresh clone ready: installs the dependencies when they are not those of package-lock.json, then compiles what
 * is not compiled yet.
 *
 * @returns {Promise<number>} 0, or the exit code of the step that failed
 */
export async function prepare() {
  if (!dependenciesAreInstalled()) {
    const npm = process.env.npm_execpath;
    const command = npm?.endsWith('.js') ? [npm] : undefined;
    const code = await runStep('dependencies (npm ci)', command ?? [], {
      program: command === undefined ? 'npm' : process.execPath,
      args: ['ci', '--no-audit', '--no-fund'],
    });
    if (code !== 0) {
      return code;
    }
  }
  forgetLostOutput();
  return runStep('compile (tsc -b)', ['node_modules/typescript/bin/tsc', '-b']);
}

/** The compiler takes a project as up to date by its build information alone, also when `dist/` was deleted. */
function forgetLostOutput() {
  const { references } = JSON.parse(readFileSync('tsconfig.json', 'utf8'));
  for (const { path } of references) {
    if (!existsSync(join(path, 'dist'))) {
      rmSync(join(path, 'tsconfig.tsbuildinfo'), { force: true });
    }
  }
}
