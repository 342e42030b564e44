import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Finds the `temporal` program in a directory: the file whose name is `temporal`, or begins so and ends in
 * the SDK's version as the SDK's download names it.
 *
 * @param directory - need not exist
 * @returns its path, or `undefined` when there is none
 */
export function executableIn(directory: string): string | undefined {
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    return undefined;
  }
  const name = names.find(
    (candidate) => /^temporal(-[\w.-]*)?(\.exe)?$/.test(candidate) && !candidate.endsWith('.downloading'),
  );
  return name === undefined ? undefined : join(directory, name);
}
