import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Finds a program on PATH.
 *
 * @param name - the file's name, without a directory
 * @param environment - holds `PATH`; the process's own when left out
 * @returns the absolute path, or `undefined` when no directory on PATH has an executable file of that name
 */
export function findOnPath(name: string, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const fileName = process.platform === 'win32' ? `${name}.exe` : name;
  return (environment['PATH'] ?? '')
    .split(delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, fileName))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
