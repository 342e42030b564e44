import { createHmac, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import type { PayloadCodec } from '@temporalio/common';
import { ConfigurationError } from '@waxseal/core';
import {
  checkedSearchKeys,
  openSearchKey,
  parseSearchKeys,
  type SealedSearchKeys,
  type SearchKey,
} from './search-keys';

/** What {@link SearchTokens.open} takes. */
export interface SearchTokensOptions {
  /**
   * The file with the sealed search keys, as `waxseal search-keys add` writes it, or what is in such a file.
   */
  readonly keys: string | SealedSearchKeys;
  /** Opens the search keys: the codec that seals payloads, as `loadConfig()` gives it. */
  readonly codec: PayloadCodec;
}

const TOKEN_BYTES = 16;
const MAX_VALUE_LENGTH = 4_096;
/** What Temporal takes for the name of a search attribute. */
const ATTRIBUTE = /^[A-Za-z][A-Za-z0-9_-]{0,254}$/;
const TOKEN = /^wst1-[A-Za-z0-9_-]{4}-[A-Za-z0-9_-]{22}$/;

/** Whether a text has the form of a search token (docs/spec/search-token.md §4). */
export function isSearchToken(text: string): boolean {
  return TOKEN.test(text);
}

/**
 * Tokens in the place of confidential search attributes, which Temporal keeps in clear. Equal values of one
 * attribute have equal tokens, so that they can be searched for; without the search key nobody can try what a
 * token may stand for, and tokens of two attributes do not compare (docs/spec/search-token.md).
 *
 * While a search key is replaced, {@link token} makes those of the first key, and {@link where} finds those
 * of all.
 *
 * ```ts
 * const tokens = await SearchTokens.open({ keys: 'search-keys.json', codec });
 * await client.workflow.start(order, {
 *   …,
 *   typedSearchAttributes: [{ key: CUSTOMER_EMAIL, value: tokens.token('CustomerEmail', email) }],
 * });
 * client.workflow.list({ query: tokens.where('CustomerEmail', email) });
 * ```
 */
export class SearchTokens {
  readonly #keys: readonly [SearchKey, ...SearchKey[]];

  private constructor(keys: readonly [SearchKey, ...SearchKey[]]) {
    this.#keys = keys;
  }

  /**
   * Opens the search keys. Each takes one request to the key service; they are kept in memory from then on.
   *
   * @throws ConfigurationError where the file cannot be used, and what the codec throws
   */
  static async open(options: SearchTokensOptions): Promise<SearchTokens> {
    const { keys, codec } = options;
    const { keys: sealed } =
      typeof keys === 'string' ? await readSearchKeys(keys) : checkedSearchKeys(keys, 'SearchTokens: keys');
    const opened = await Promise.all(sealed.map((key) => openSearchKey(key, codec)));
    const [first, ...others] = opened;
    if (first === undefined)
      throw new ConfigurationError('SearchTokens: keys must hold a search key or more.');
    return new SearchTokens([first, ...others]);
  }

  /** Four characters of each key that its tokens begin with, after `wst1-`: the first key's first. */
  get tags(): readonly string[] {
    return this.#keys.map(({ tag }) => tag);
  }

  /**
   * The token to be stored: 32 characters.
   *
   * @param attribute name of the search attribute, of type `Keyword` or `KeywordList`
   * @param value as it will be searched for, to the character: what shall be found regardless of case or
   *   spaces is to be made alike before
   * @throws ConfigurationError where one of them cannot be
   */
  token(attribute: string, value: string): string {
    return tokenOf(this.#keys[0], attribute, value);
  }

  /** The tokens of all keys, that of the first key first: for an attribute of type `KeywordList`. */
  tokens(attribute: string, value: string): readonly string[] {
    return this.#keys.map((key) => tokenOf(key, attribute, value));
  }

  /** A condition of a list filter, `CustomerEmail IN ("wst1-…", "wst1-…")`: for the tokens of all keys. */
  where(attribute: string, value: string): string {
    const texts = this.tokens(attribute, value).map((token) => `"${token}"`);
    return `${nameOf(attribute)} IN (${texts.join(', ')})`;
  }

  /** The tags only. */
  toJSON(): object {
    return { tags: this.tags };
  }

  [inspect.custom](): string {
    return `SearchTokens ${inspect(this.toJSON())}`;
  }
}

async function readSearchKeys(path: string): Promise<SealedSearchKeys> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new ConfigurationError(`The search keys ${JSON.stringify(path)} cannot be read (${code}).`);
  }
  return parseSearchKeys(text, path);
}

function tokenOf({ key, tag }: SearchKey, attribute: string, value: string): string {
  const name = nameOf(attribute);
  if (typeof value !== 'string' || value === '' || value.length > MAX_VALUE_LENGTH || !value.isWellFormed()) {
    throw new ConfigurationError(
      `The value of ${name} must be a text of 1 to ${String(MAX_VALUE_LENGTH)} characters. Write numbers and dates as texts, always in one way.`,
    );
  }
  const token = hmac(attributeKeyOf(key, name), value).subarray(0, TOKEN_BYTES);
  return `wst1-${tag}-${token.toString('base64url')}`;
}

function attributeKeyOf(key: KeyObject, name: string): Buffer {
  return hmac(key, `waxseal/v1/search-attribute\0${name}`);
}

function hmac(key: KeyObject | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}

function nameOf(attribute: string): string {
  if (typeof attribute === 'string' && ATTRIBUTE.test(attribute)) return attribute;
  throw new ConfigurationError(
    'The name of a search attribute must begin with a letter, and consist of letters, digits, "_" and "-".',
  );
}
