import { text } from 'node:stream/consumers';
import { ConfigurationError } from '@waxseal/core';
import type { KeyOptions } from '../configuration';
import type { Output } from '../output';
import { printable, table } from '../printable';
import {
  readSealedKeys,
  readTaggedKeys,
  type TaggedSearchKey,
  temporalPackage,
  withCodec,
  writeSealedKeys,
} from './search-keys-file';

/** Options of `waxseal search-keys`. */
export interface SearchKeyOptions extends KeyOptions {
  readonly json?: true;
  /** Of `list`. */
  readonly ndjson?: true;
}

/** Adds a search key to a file, which is made where there is none. */
export async function addSearchKey(file: string, options: SearchKeyOptions, output: Output): Promise<void> {
  const { sealNewSearchKey } = await temporalPackage();
  await withCodec(options, output, async (codec) => {
    const keys = await readSealedKeys(file);
    const sealed = await sealNewSearchKey(codec);
    await writeSealedKeys(file, [...(keys ?? []), sealed]);
    if (options.json === true) {
      output.line(JSON.stringify({ file, keys: (keys?.length ?? 0) + 1, makesTokens: keys === undefined }));
      return;
    }
    output.line(
      keys === undefined
        ? `Wrote ${file} with a search key, sealed. Keep a copy: without it no token can be searched for.`
        : `Added a search key to ${file}. It only finds until "waxseal search-keys promote ${file}": give the file to all processes first.`,
    );
  });
}

/** Lets another key of a file make tokens: the last one, or the one of a tag. */
export async function promoteSearchKey(
  file: string,
  tag: string | undefined,
  options: SearchKeyOptions,
  output: Output,
): Promise<void> {
  await withCodec(options, output, async (codec) => {
    const keys = await readTaggedKeys(file, codec);
    const chosen = tag === undefined ? keys.at(-1) : keyOf(keys, tag, file);
    if (chosen === undefined || chosen === keys[0]) {
      throw new ConfigurationError(
        `${file} has no other key to promote. Add one with "waxseal search-keys add ${file}".`,
      );
    }
    const others = keys.filter((key) => key !== chosen);
    await writeSealedKeys(
      file,
      [chosen, ...others].map(({ sealed }) => sealed),
    );
    if (options.json === true) output.line(JSON.stringify({ file, tag: chosen.tag, makesTokens: true }));
    else
      output.line(`Tokens begin with ${beginningOf(chosen.tag)} from now on. Earlier ones are still found.`);
  });
}

/** Removes a key that no token is left of. */
export async function removeSearchKey(
  file: string,
  tag: string,
  options: SearchKeyOptions,
  output: Output,
): Promise<void> {
  await withCodec(options, output, async (codec) => {
    const keys = await readTaggedKeys(file, codec);
    const chosen = keyOf(keys, tag, file);
    if (chosen === keys[0]) {
      throw new ConfigurationError(
        `The key ${chosen.tag} makes tokens. Promote another one first: "waxseal search-keys promote ${file}".`,
      );
    }
    const others = keys.filter((key) => key !== chosen);
    await writeSealedKeys(
      file,
      others.map(({ sealed }) => sealed),
    );
    if (options.json === true) output.line(JSON.stringify({ file, tag: chosen.tag, removed: true }));
    else
      output.line(
        `Removed ${chosen.tag}. What begins with ${beginningOf(chosen.tag)} is not found any more.`,
      );
  });
}

/** Lists the keys of a file. */
export async function listSearchKeys(file: string, options: SearchKeyOptions, output: Output): Promise<void> {
  await withCodec(options, output, async (codec) => {
    const keys = await readTaggedKeys(file, codec);
    const rows = keys.map(({ tag, keyId }, index) => ({ tag, makesTokens: index === 0, sealedUnder: keyId }));
    if (options.json === true) {
      output.line(JSON.stringify(rows, undefined, 2));
      return;
    }
    if (options.ndjson === true) {
      for (const row of rows) output.line(JSON.stringify(row));
      return;
    }
    const lines = table(
      ['tokens begin with', 'use', 'sealed under'],
      rows.map(({ tag, makesTokens, sealedUnder }) => [
        beginningOf(tag),
        makesTokens ? 'makes and finds' : 'finds',
        printable(sealedUnder),
      ]),
    );
    for (const line of lines) output.line(line);
  });
}

/** Prints the condition that finds a value, which comes by standard input: arguments are seen by others. */
export async function querySearchKeys(
  file: string,
  attribute: string,
  options: SearchKeyOptions,
  output: Output,
): Promise<void> {
  const { SearchTokens } = await temporalPackage();
  const value = (await text(process.stdin)).replace(/\r?\n$/, '');
  await withCodec(options, output, async (codec) => {
    const tokens = await SearchTokens.open({ keys: file, codec });
    output.line(
      options.json === true
        ? JSON.stringify({ attribute, tokens: tokens.tokens(attribute, value) })
        : tokens.where(attribute, value),
    );
  });
}

/** What tokens of a key begin with (docs/spec/search-token.md). */
function beginningOf(tag: string): string {
  return `wst1-${tag}-`;
}

function keyOf(keys: readonly TaggedSearchKey[], tag: string, file: string): TaggedSearchKey {
  // A tag alone may begin with a hyphen, which the command line takes for an option.
  const found = keys.filter((key) => tag === key.tag || tag === beginningOf(key.tag));
  const [one, another] = found;
  if (one !== undefined && another === undefined) return one;
  throw new ConfigurationError(
    `${file} has ${one === undefined ? 'no' : 'more than one'} search key ${JSON.stringify(tag)}. "waxseal search-keys list ${file}" shows them.`,
  );
}
