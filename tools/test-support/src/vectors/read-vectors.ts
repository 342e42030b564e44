import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { VECTORS_DIRECTORY } from './vectors-directory';

/**
 * The committed vectors of one folder, in the order of their names.
 *
 * @param folder below docs/spec/vectors, for example `valid` or `archive/0.1.0`
 */
export function readVectors<V>(folder: string): (readonly [name: string, vector: V])[] {
  const directory = join(VECTORS_DIRECTORY, folder);
  return readdirSync(directory)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => [
      file.replace(/\.json$/, ''),
      JSON.parse(readFileSync(join(directory, file), 'utf8')) as V,
    ]);
}
