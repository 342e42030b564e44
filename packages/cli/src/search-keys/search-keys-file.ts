import { readFile } from 'node:fs/promises';
import { importOptional } from '@waxseal/config';
import { ConfigurationError, type EnvelopeCodec } from '@waxseal/core';
import { primaryKeyIdOf } from '@waxseal/core/internal';
import type * as Temporal from '@waxseal/temporal';
import type { SealedSearchKey } from '@waxseal/temporal';
import { configurationLines, configurationOf, type KeyOptions } from '../configuration';
import { replaceFile } from '../keys/state-file';
import type { Output } from '../output';
import { withProgress } from '../terminal/progress';

/** The package that search tokens are made by, which need not be installed. */
export function temporalPackage(): Promise<typeof Temporal> {
  return importOptional('waxseal search-keys', ['@waxseal/temporal'], () => import('@waxseal/temporal'));
}

/** A sealed search key of a file, by the tag of its tokens. */
export interface TaggedSearchKey {
  readonly tag: string;
  readonly sealed: SealedSearchKey;
  /** The key-encryption key that it is sealed under. */
  readonly keyId: string;
}

/** Does something with the codec that the configuration has. */
export async function withCodec<T>(
  options: KeyOptions,
  { notice }: Output,
  work: (codec: EnvelopeCodec) => Promise<T>,
): Promise<T> {
  const config = await configurationOf(options);
  const { codec, subjects, store } = config;
  try {
    for (const text of configurationLines(config)) notice(text);
    return await withProgress('opening search keys', () => work(codec));
  } finally {
    codec.close();
    subjects?.close();
    await store?.close();
  }
}

/** @returns the sealed keys of a file; `undefined` where there is no such file */
export async function readSealedKeys(path: string): Promise<readonly SealedSearchKey[] | undefined> {
  const { parseSearchKeys } = await temporalPackage();
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    if (code === 'ENOENT') return undefined;
    throw new ConfigurationError(`${path} cannot be read (${code}).`);
  }
  return parseSearchKeys(text, path).keys;
}

/**
 * The keys of a file, opened to tell their tags.
 *
 * @throws ConfigurationError where there is no such file, and what the codec throws
 */
export async function readTaggedKeys(
  path: string,
  codec: EnvelopeCodec,
): Promise<readonly TaggedSearchKey[]> {
  const { openSearchKey } = await temporalPackage();
  const keys = await readSealedKeys(path);
  if (keys === undefined) {
    throw new ConfigurationError(`${path} does not exist. Make it with "waxseal search-keys add ${path}".`);
  }
  return Promise.all(
    keys.map(async (sealed) => {
      const { tag } = await openSearchKey(sealed, codec);
      return { tag, sealed, keyId: wrappingKeyIdOf(sealed) };
    }),
  );
}

function wrappingKeyIdOf({ metadata }: SealedSearchKey): string {
  const entries = Object.entries(metadata).map(([name, text]) => [name, Buffer.from(text, 'base64')]);
  return primaryKeyIdOf({ metadata: Object.fromEntries(entries) as Record<string, Uint8Array> }).keyId;
}

/** Writes the file at once: who reads it meanwhile sees what was or what is. */
export async function writeSealedKeys(path: string, keys: readonly SealedSearchKey[]): Promise<void> {
  const { searchKeysText } = await temporalPackage();
  await replaceFile(path, searchKeysText(keys));
}
