import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { ConfigurationError, type EnvelopeCodec } from '@waxseal/core';
import { isEnvelopePayload, parseJson } from '@waxseal/core/internal';

/**
 * Search keys as they are kept in a file: sealed, each as a payload in Temporal's JSON, which `keys usage`
 * counts and `keys reseal files` seals anew (docs/spec/search-token.md §2).
 */
export interface SealedSearchKeys {
  readonly format: typeof SEARCH_KEYS_FORMAT;
  /** The first one makes tokens; all of them find. */
  readonly keys: readonly SealedSearchKey[];
}

/** A payload in Temporal's JSON: values in base64. */
export interface SealedSearchKey {
  readonly metadata: Readonly<Record<string, string>>;
  readonly data: string;
}

/** A search key that was opened. */
export interface SearchKey {
  readonly key: KeyObject;
  /** Four characters by which its tokens are told from others. They are no secret. */
  readonly tag: string;
}

const SEARCH_KEYS_FORMAT = 'waxseal-search-keys/v1';
const ENCODING = 'binary/search-key';
const KEY_BYTES = 32;
const TAG_BYTES = 3;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** More keys than this would make each query name as many tokens. */
export const MAX_SEARCH_KEYS = 8;

/**
 * Makes a search key, sealed.
 *
 * @param codec the first key of its keyring wraps what seals it
 * @throws ConfigurationError where the codec encrypts nothing, and what `EnvelopeCodec.encode` throws
 */
export async function sealNewSearchKey(codec: EnvelopeCodec): Promise<SealedSearchKey> {
  const key = randomBytes(KEY_BYTES);
  try {
    const [sealed] = await codec.encode([{ metadata: { encoding: Buffer.from(ENCODING) }, data: key }]);
    if (sealed === undefined || !isEnvelopePayload(sealed)) {
      throw new ConfigurationError(
        'The EnvelopeCodec encrypts nothing (encrypt: false), so a search key would be in clear. Use one that encrypts.',
      );
    }
    return asJson(sealed);
  } finally {
    key.fill(0);
  }
}

/** The text of a file with these keys. */
export function searchKeysText(keys: readonly SealedSearchKey[]): string {
  const file: SealedSearchKeys = { format: SEARCH_KEYS_FORMAT, keys };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

/**
 * Parses the text of a file.
 *
 * @param source the file, for messages
 * @throws ConfigurationError that names the file and the field
 */
export function parseSearchKeys(text: string, source: string): SealedSearchKeys {
  const value: unknown = parseJson(
    text,
    (where) =>
      new ConfigurationError(`${source} is not JSON: ${where}. Make one with "waxseal search-keys add".`),
  );
  return checkedSearchKeys(value, source);
}

/**
 * Checks what is in a file.
 *
 * @param source the file or the option, for messages
 * @throws ConfigurationError that names it and the field
 */
export function checkedSearchKeys(given: unknown, source: string): SealedSearchKeys {
  const value = given as Partial<SealedSearchKeys> | null;
  const complain = (what: string): ConfigurationError =>
    new ConfigurationError(`${source}: ${what} Make such files with "waxseal search-keys add".`);
  if (typeof value !== 'object' || value?.format !== SEARCH_KEYS_FORMAT) {
    throw complain(`format must be ${JSON.stringify(SEARCH_KEYS_FORMAT)}.`);
  }
  const keys: unknown = value.keys;
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > MAX_SEARCH_KEYS) {
    throw complain(`keys must be an array of 1 to ${String(MAX_SEARCH_KEYS)} sealed keys.`);
  }
  const odd = keys.findIndex((key) => !isSealedKey(key));
  if (odd !== -1)
    throw complain(`keys[${String(odd)}] must be an envelope, as Temporal writes payloads to JSON.`);
  return { format: SEARCH_KEYS_FORMAT, keys: keys as SealedSearchKey[] };
}

/**
 * Opens a sealed search key.
 *
 * @throws ConfigurationError where what was sealed is no search key, and what the codec throws
 */
export async function openSearchKey(sealed: SealedSearchKey, codec: PayloadCodec): Promise<SearchKey> {
  const [opened] = await codec.decode([asPayload(sealed)]);
  const { metadata, data } = opened ?? {};
  const encoding = Buffer.from(metadata?.['encoding'] ?? []).toString('latin1');
  // Any payload of the application's is sealed by the same keys, and may be known to who put it here.
  if (encoding !== ENCODING || data?.length !== KEY_BYTES) {
    throw new ConfigurationError(
      'A sealed search key holds something else. Restore the file with the search keys from a backup.',
    );
  }
  const key = createSecretKey(data);
  data.fill(0);
  const tag = createHmac('sha256', key).update('waxseal/v1/search-tag').digest().subarray(0, TAG_BYTES);
  return { key, tag: tag.toString('base64url') };
}

function isSealedKey(value: unknown): value is SealedSearchKey {
  if (typeof value !== 'object' || value === null) return false;
  const { metadata, data } = value as Partial<SealedSearchKey>;
  if (typeof data !== 'string' || !BASE64.test(data)) return false;
  if (typeof metadata !== 'object' || (metadata as unknown) === null) return false;
  const isText = Object.values(metadata).every((text) => typeof text === 'string' && BASE64.test(text));
  return isText && isEnvelopePayload(asPayload({ metadata, data }));
}

function asPayload({ metadata, data }: SealedSearchKey): Payload {
  const entries = Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')]);
  return {
    metadata: Object.fromEntries(entries) as Record<string, Uint8Array>,
    data: Buffer.from(data, 'base64'),
  };
}

function asJson({ metadata, data }: Payload): SealedSearchKey {
  const base64 = (bytes: Uint8Array | null | undefined): string =>
    Buffer.from(bytes ?? []).toString('base64');
  return {
    metadata: Object.fromEntries(
      Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)]),
    ),
    data: base64(data),
  };
}
