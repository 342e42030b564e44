import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { findFirst, placesOfPypi, type PypiProgram, runCommand } from '@waxseal/bring-up';

const programIn = (environment: string): string => join(environment, 'bin', 'python');

function packageOf(name: string, version: string): PypiProgram {
  const check = (python: string): Promise<unknown> =>
    runCommand(python, ['-c', `import ${name}`], { timeoutMs: 60_000 });
  return { requirement: name, name, version, programIn, check };
}

/** A Python with Temporal's SDK and `cryptography`, and the environment to run it in. */
export interface PythonFleet {
  readonly python: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** @returns why there is none, where there is none */
export async function findPythonFleet(): Promise<PythonFleet | string> {
  const found: string[] = [];
  for (const program of [packageOf('temporalio', '1.35.0'), packageOf('cryptography', '48.0.0')]) {
    const { value, tried } = await findFirst(placesOfPypi(program, process.env));
    if (value === undefined) return `${program.name}: ${JSON.stringify(tried)}`;
    found.push(value);
  }
  const [python = '', other = ''] = found;
  const libraries = join(dirname(dirname(other)), 'lib');
  const [version = ''] = existsSync(libraries) ? readdirSync(libraries) : [];
  // Both are made by the same python3.
  return { python, environment: { ...process.env, PYTHONPATH: join(libraries, version, 'site-packages') } };
}
