import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { pathToFileURL } from 'node:url';

import { ConfigurationError } from '@waxseal/core';

import { importTypeScript } from './import-typescript';

/**
 * What a configuration file exports: the value of a JSON file, the default export of any other.
 *
 * @param path absolute path of a `.mjs`, `.js`, `.cjs`, `.ts` or `.json` file
 * @throws ConfigurationError when the file cannot be read, fails, or exports nothing
 */
export async function readConfigFile(path: string): Promise<unknown> {
  const name = basename(path);
  try {
    switch (extname(path)) {
      case '.json':
        return parseJson(await readFile(path, 'utf8'), name);
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

function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // V8's message quotes the text.
    throw new ConfigurationError(`${name} is not JSON.`);
  }
}

function defaultOf(module: unknown, name: string): unknown {
  const exported = (module as { default?: unknown } | undefined)?.default;
  if (exported === undefined) {
    throw new ConfigurationError(`${name} has no default export. Write: export default defineConfig({ … })`);
  }
  return exported;
}
