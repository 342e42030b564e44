import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve, basename, extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigurationError } from '@waxseal/core';
import { assertTrustedFile, parseJson } from '@waxseal/core/internal';
import { importOptional } from './import-optional';
import { checkConfig, type WaxsealConfig } from './waxseal-config';

/** Names of the configuration files that are looked for in a folder, of which it has one. */
export const CONFIG_FILE_NAMES: readonly string[] = ['mjs', 'js', 'cjs', 'ts', 'json'].map(
  (extension) => `waxseal.config.${extension}`,
);

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
  const [found, second] = CONFIG_FILE_NAMES.filter((name) => existsSync(join(directory, name)));
  if (found !== undefined && second !== undefined) {
    throw new ConfigurationError(
      `${directory} has ${found} and ${second}: keep one, or name one with WAXSEAL_CONFIG.`,
    );
  }
  return found === undefined ? undefined : join(resolve(directory), found);
}

/**
 * What a configuration file exports: the value of a JSON file, the default export of any other.
 *
 * @param path absolute path of a `.mjs`, `.js`, `.cjs`, `.ts` or `.json` file
 * @throws ConfigurationError when the file cannot be read, fails, or exports nothing
 */
async function readConfigFile(path: string): Promise<unknown> {
  const name = basename(path);
  try {
    switch (extname(path)) {
      case '.json':
        return parseJson(
          await readFile(path, 'utf8'),
          (where) => new ConfigurationError(`${name} is not JSON: see ${where}.`),
        );
      case '.ts':
        return defaultOf(await importTypeScript(path), name);
      case '.mjs':
      case '.js':
      case '.cjs':
        return defaultOf(await import(pathToFileURL(path).href), name);
    }
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigurationError(`${name} could not be loaded: ${message}`, { cause });
  }
  throw new ConfigurationError(`${name} must end in .mjs, .js, .cjs, .ts or .json.`);
}

/**
 * What a file sets, checked: nothing where there is none.
 *
 * @param source absolute path
 * @returns it, and how messages name where it stands
 * @throws ConfigurationError when others can write the file, or it is not as it should be
 */
export async function loadConfigFile(
  source: string | undefined,
): Promise<{ readonly file: WaxsealConfig; readonly where: string }> {
  if (source === undefined) return { file: {}, where: 'the configuration' };
  assertTrustedFile(source, 'The configuration file');
  const where = basename(source);
  return { file: checkConfig(await readConfigFile(source), where), where };
}

function defaultOf(module: unknown, name: string): unknown {
  const exported = (module as { default?: unknown } | undefined)?.default;
  if (exported === undefined) {
    throw new ConfigurationError(`${name} has no default export. Write: export default defineConfig({ … })`);
  }
  return exported;
}

/**
 * Imports a TypeScript module: by Node.js where it strips types (22.18 and later by default), else by `jiti`,
 * an optional package.
 *
 * @throws ConfigurationError with the line that installs `jiti`, where it is needed and missing
 */
async function importTypeScript(path: string): Promise<unknown> {
  const { typescript } = process.features as { readonly typescript?: string | false };
  if (typescript) return import(pathToFileURL(path).href);
  const { createJiti } = await importOptional(
    'A configuration in TypeScript, under a Node.js that does not read it,',
    ['jiti'],
    () => import('jiti'),
  );
  return createJiti(pathToFileURL(path).href).import(path);
}
