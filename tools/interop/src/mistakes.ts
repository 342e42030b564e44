// `npm run mistakes`: seeds single mistakes into the implementation in Python, and exits 1 where there is one
// that no vector notices.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { BringUpError } from '@waxseal/bring-up';
import { findPython, PYTHON_DIRECTORY } from './python';

async function main(): Promise<number> {
  const python = await findPython();
  const child = spawn(python, ['-B', join(PYTHON_DIRECTORY, 'mistakes.py')], { stdio: 'inherit' });
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return exitCode ?? 1;
}

main().then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    console.error(error instanceof BringUpError ? error.message : error);
    process.exit(1);
  },
);
