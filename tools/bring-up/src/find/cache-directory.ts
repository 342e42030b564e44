import { resolve } from 'node:path';
import { repositoryRoot } from './repository-root';

/**
 * The directory that holds what was installed privately for this repository: `.cache/`, which git ignores. It
 * can be deleted at any time; `WAXSEAL_CACHE` names another one.
 *
 * @param environment - the environment to read; the process's own when left out
 * @returns an absolute path, which need not exist yet
 */
export function cacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  return resolve(repositoryRoot, environment['WAXSEAL_CACHE'] ?? '.cache');
}
