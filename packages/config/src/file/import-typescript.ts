import { pathToFileURL } from 'node:url';

import { importOptional } from '../import-optional';

/**
 * Imports a TypeScript module: by Node.js where it strips types (22.18 and later by default), else by `jiti`, an optional
 * package.
 *
 * @throws ConfigurationError with the line that installs `jiti`, where it is needed and missing
 */
export async function importTypeScript(path: string): Promise<unknown> {
  const { typescript } = process.features as { readonly typescript?: string | false };
  if (typescript) return import(pathToFileURL(path).href);
  const { createJiti } = await importOptional(
    'A configuration in TypeScript, under a Node.js that does not read it,',
    ['jiti'],
    () => import('jiti'),
  );
  return createJiti(pathToFileURL(path).href).import(path);
}
