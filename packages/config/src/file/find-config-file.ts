import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { ConfigurationError } from '@waxseal/core';

const NAMES = ['mjs', 'js', 'cjs', 'ts', 'json'].map((extension) => `waxseal.config.${extension}`);

/**
 * The configuration file of a directory. Directories above it are not looked at.
 *
 * @param directory where to look
 * @param named the file that the user named, relative to `directory`
 * @returns absolute path, or `undefined` where there is none
 * @throws ConfigurationError when the named file is missing, or there are several
 */
export function findConfigFile(directory: string, named: string | undefined): string | undefined {
  if (named !== undefined) {
    const path = resolve(directory, named);
    if (existsSync(path)) return path;
    throw new ConfigurationError(`There is no configuration file ${JSON.stringify(path)}.`);
  }
  const [found, second] = NAMES.filter((name) => existsSync(join(directory, name)));
  if (found !== undefined && second !== undefined) {
    throw new ConfigurationError(
      `${directory} has ${found} and ${second}: keep one, or name one with WAXSEAL_CONFIG.`,
    );
  }
  return found === undefined ? undefined : join(resolve(directory), found);
}
