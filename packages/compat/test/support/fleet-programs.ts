import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import {
  findFirst,
  findOnPath,
  placesOfPypi,
  type PypiProgram,
  repositoryRoot,
  runCommand,
} from '@waxseal/bring-up';

/** A program of `fleets/` that can be run: all of them take the same arguments. */
export interface FleetProgram {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
}

const FLEETS = join(repositoryRoot, 'packages/compat/test/fleets');
/** For what is fetched the first time, and compiled: minutes on a machine that has neither. */
export const BUILD_MS = 600_000;

const programIn = (environment: string): string => join(environment, 'bin', 'python');

function packageOf(name: string, version: string): PypiProgram {
  const check = (python: string): Promise<unknown> =>
    runCommand(python, ['-c', `import ${name}`], { timeoutMs: 60_000 });
  return { requirement: name, name, version, programIn, check };
}

async function findPackage(program: PypiProgram): Promise<string> {
  const { value, tried } = await findFirst(placesOfPypi(program, process.env));
  if (value === undefined) throw new Error(`${program.name}: ${JSON.stringify(tried)}`);
  return value;
}

/** With Temporal's SDK and `cryptography`, which are installed from PyPI the first time. */
export async function pythonFleet(): Promise<FleetProgram> {
  const [command, other] = await Promise.all([
    findPackage(packageOf('temporalio', '1.35.0')),
    findPackage(packageOf('cryptography', '48.0.0')),
  ]);
  const libraries = join(dirname(dirname(other)), 'lib');
  const [version = ''] = existsSync(libraries) ? readdirSync(libraries) : [];
  // Both are made by the same python3.
  const environment = { ...process.env, PYTHONPATH: join(libraries, version, 'site-packages') };
  return { command, args: ['-B', join(FLEETS, 'python/fleet.py')], environment };
}

/** The path of a program that a fleet needs. */
function onPath(name: string): string {
  const path = findOnPath(name);
  if (path === undefined) throw new Error(`there is no ${name} on PATH`);
  return path;
}

/**
 * Built with the Go SDK; what it was built from, Go keeps.
 *
 * @param directory - for the program
 */
export async function goFleet(directory: string): Promise<FleetProgram> {
  const command = join(directory, 'fleet-go');
  const args = ['build', '-C', join(FLEETS, 'go'), '-o', command, '.'];
  await runCommand(onPath('go'), args, { timeoutMs: BUILD_MS });
  return { command, args: [], environment: process.env };
}

/**
 * With the Java SDK, which Maven fetches; Java compiles the one file itself.
 *
 * @param directory - for the class path
 */
export async function javaFleet(directory: string): Promise<FleetProgram> {
  const [command, maven] = [onPath('java'), onPath('mvn')];
  const folder = join(FLEETS, 'java');
  const classPath = join(directory, 'class-path');
  const goal = ['dependency:build-classpath', `-Dmdep.outputFile=${classPath}`];
  await runCommand(maven, ['-q', '-B', '-f', join(folder, 'pom.xml'), ...goal], { timeoutMs: BUILD_MS });
  const args = ['-cp', (await readFile(classPath, 'utf8')).trim(), join(folder, 'Fleet.java')];
  return { command, args, environment: process.env };
}
