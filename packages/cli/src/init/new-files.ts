import { chmodSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CONFIG_FILE_NAMES } from '@waxseal/config';
import { ConfigurationError } from '@waxseal/core';
import { createLocalKeyringFile } from '@waxseal/local-key';
import type { ChosenKey, PolicyValues } from './providers';

/** A file that a project has not got yet. Paths have slashes, and begin in the folder of the project. */
export interface NewFile {
  readonly path: string;
  /** What it holds; a key-ring file is made with a new key of this name. */
  readonly content: string | { readonly newKey: string };
}

/** The folder of a local key, which says itself that Git keeps nothing of it. */
const KEY_FOLDER = '.waxseal';
/** Where the key-ring file of a project is. */
export const KEYRING_FILE = `${KEY_FOLDER}/keyring.json`;
/** Where a script is that encrypts and decrypts once. */
export const SMOKE_TEST = 'waxseal/smoke-test.mjs';

const SMOKE_TEST_TEXT = `// Encrypts and decrypts a payload with the keys of waxseal.config.json, and fails where that does not work.
import { deepStrictEqual, notDeepStrictEqual } from 'node:assert/strict';
import { fileURLToPath } from 'node:url';

import { loadConfig } from '@waxseal/config';

const { codec, store, subjects } = await loadConfig({ directory: fileURLToPath(new URL('..', import.meta.url)) });
const plain = { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('"smoke test"') };
const [sealed] = await codec.encode([plain]);
const [opened] = await codec.decode([sealed]);
notDeepStrictEqual(Buffer.from(sealed.data), plain.data);
deepStrictEqual(Buffer.from(opened.data), plain.data);
console.log(\`Encrypted under \${Buffer.from(sealed.metadata['encryption-key-id']).toString()}, and decrypted.\`);
codec.close();
await subjects?.close();
await store?.close();
`;

/** The files of a project whose payloads are to be encrypted under a key. */
export function newFiles(key: ChosenKey, newKey: string | undefined): readonly NewFile[] {
  const config = {
    $schema: './node_modules/@waxseal/config/waxseal.config.schema.json',
    primaryKey: key.uri,
  };
  return [
    ...(newKey === undefined ? [] : newKeyFiles(newKey)),
    { path: 'waxseal.config.json', content: `${JSON.stringify(config, undefined, 2)}\n` },
    { path: SMOKE_TEST, content: SMOKE_TEST_TEXT },
    ...key.policies.map((name) => ({
      path: `waxseal/policy/${name.replace(/^\w+\//, '')}`,
      content: renderPolicy(name, key.values),
    })),
  ];
}

/** The files of a new local key of this name. */
export function newKeyFiles(newKey: string): readonly NewFile[] {
  return [
    { path: `${KEY_FOLDER}/.gitignore`, content: '# Keys are never committed.\n*\n' },
    { path: KEYRING_FILE, content: { newKey } },
  ];
}

/**
 * A policy with the least rights of one role, made of its template in the folder `policy` of this package.
 * The documents quote the same templates.
 *
 * @param name such as `aws/worker.json`
 */
function renderPolicy(name: string, values: PolicyValues): string {
  const template = readFileSync(join(__dirname, '..', '..', 'policy', name), 'utf8');
  return template.replaceAll(/\{\{(\w+)\}\}/g, (_, key: string) => values[key] ?? `<${key}>`);
}

/**
 * Nothing is overwritten, and nothing is written through a link.
 *
 * @throws ConfigurationError that names what is in the way, and what to do
 */
export function assertNothingInTheWay(directory: string, files: readonly NewFile[]): void {
  for (const path of [...CONFIG_FILE_NAMES, ...files.map((file) => file.path)]) {
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
      const found = lstatSync(join(directory, folder), { throwIfNoEntry: false });
      if (found !== undefined && !found.isDirectory()) {
        throw new ConfigurationError(
          `${folder} is no folder of the project, and nothing was written. Move it away first.`,
        );
      }
    }
    if (lstatSync(join(directory, path), { throwIfNoEntry: false }) === undefined) continue;
    throw new ConfigurationError(
      `${path} exists already, and nothing was written. To place the plugin only, run waxseal init --only-plugin; to change keys, waxseal keys rotate; to begin anew, move ${path} away.`,
    );
  }
}

/**
 * Writes the files. Where one fails, those before it are removed again.
 *
 * @throws ConfigurationError that names the file
 */
export function writeNewFiles(directory: string, files: readonly NewFile[]): void {
  const written: string[] = [];
  try {
    for (const { path, content } of files) {
      const target = join(directory, path);
      mkdirSync(dirname(target), { recursive: true });
      if (path.startsWith(`${KEY_FOLDER}/`)) chmodSync(dirname(target), 0o700);
      if (typeof content === 'string') writeFileSync(target, content, { flag: 'wx' });
      else createLocalKeyringFile(target, { id: content.newKey });
      written.push(target);
    }
  } catch (error) {
    for (const target of written) rmSync(target, { force: true });
    if (error instanceof ConfigurationError) throw error;
    const { code = 'unknown error', path = directory } = error as NodeJS.ErrnoException;
    throw new ConfigurationError(`${path} cannot be written (${code}), and no file was left.`);
  }
}
