import type { Payload } from '@temporalio/common';
import { isEnvelopePayload, markAs, parsePayload, serializePayload } from '@waxseal/core/internal';
import type { Store, StoreRequestOptions } from '@waxseal/store';
import { bytesOfToken } from './token';
import { TokenError } from './token-error';

const ENCODING = Buffer.from('binary/token-record', 'ascii');

/** What is sealed under a token: the payload, and the token, so that no other record can take its place. */
export function recordContent(token: string, payload: Payload): Payload {
  const record: Payload = {
    metadata: { encoding: new Uint8Array(ENCODING), token: bytesOfToken(token) },
    data: concat(serializePayload(payload)),
  };
  return markAs(record, payload);
}

/**
 * The payload in what was sealed under a token (docs/spec/token.md §4).
 *
 * @throws TokenError where it was sealed under another token, or under none
 */
export function contentOf(token: string, { metadata, data }: Payload): Payload {
  const { encoding, token: recorded } = metadata ?? {};
  const isRecord = encoding != null && ENCODING.equals(encoding);
  if (!isRecord || recorded == null || !Buffer.from(bytesOfToken(token)).equals(recorded)) {
    throw new TokenError('damaged', token);
  }
  return parsePayload(data ?? new Uint8Array());
}

/** An envelope, as a store keeps it: the protobuf of its payload. */
export function serializeRecord(envelope: Payload): Uint8Array {
  return concat(serializePayload(envelope));
}

/**
 * The envelope that a store keeps.
 *
 * @throws TokenError where it is none: nothing in clear is taken from a store
 */
export function parseRecord(token: string, bytes: Uint8Array): Payload {
  let envelope: Payload;
  try {
    envelope = parsePayload(bytes);
  } catch (cause) {
    throw new TokenError('damaged', token, { cause });
  }
  if (!isEnvelopePayload(envelope)) throw new TokenError('damaged', token);
  return envelope;
}

/**
 * Reads records, by as many requests as it takes, and no further than a limit.
 *
 * @returns by token, without those that the store does not have; all of them where `isWithin` the limit
 * @throws StoreError as the store does
 */
export async function readRecords(
  store: Store,
  tokens: readonly string[],
  options: StoreRequestOptions,
  limitBytes: number,
): Promise<{ readonly records: ReadonlyMap<string, Uint8Array>; readonly isWithin: boolean }> {
  const records = new Map<string, Uint8Array>();
  let bytes = 0;
  for (let left = tokens; left.length > 0;) {
    const answer = await store.tokens.get(left, options);
    for (const [token, record] of answer.records) {
      records.set(token, record);
      bytes += record.length;
    }
    if (bytes > limitBytes) return { records, isWithin: false };
    left = answer.left;
  }
  return { records, isWithin: true };
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const [only, ...others] = pieces;
  return others.length === 0 && only !== undefined
    ? new Uint8Array(only)
    : new Uint8Array(Buffer.concat(pieces));
}
