import type { Payload } from '@temporalio/common';
import { asBuffer, bytesOf, isPauseDue, parsePayload, pause } from '@waxseal/core/internal';

/** `metadata.encoding` of temporal-proxy, of the SDKs' samples, and of others who took it from them. */
export const ENCRYPTED_ENCODING = 'binary/encrypted';
/** Metadata entry that names the key. */
export const KEY_ID_ENTRY = 'encryption-key-id';
/** Metadata entry of temporal-proxy: the wrapped data key, as text in base64. */
export const WRAPPED_KEY_ENTRY = 'encryption-dek';
/** Metadata entry of the Java sample. */
export const CIPHER_ENTRY = 'encryption-cipher';

/** Bytes of a metadata entry; none where it is not there. */
export function entryOf({ metadata }: Payload, name: string): Uint8Array {
  const own = metadata !== null && metadata !== undefined && Object.hasOwn(metadata, name);
  return bytesOf(own ? metadata[name] : undefined);
}

/** A metadata entry as text; `''` where it is not there. */
export function textOf(payload: Payload, name: string): string {
  return Buffer.from(entryOf(payload, name)).toString('utf8');
}

/** Whether a payload has this `metadata.encoding`. */
export function isEncodedAs(payload: Payload, encoding: string): boolean {
  const bytes = entryOf(payload, 'encoding');
  return bytes.length === encoding.length && textOf(payload, 'encoding') === encoding;
}

/**
 * Whether temporal-proxy wrote a payload: it names a key, and brings the wrapped data key along. Without
 * either, the proxy itself leaves a payload of the same encoding as it is.
 */
export function isOfProxy(payload: Payload): boolean {
  return (
    isEncodedAs(payload, ENCRYPTED_ENCODING) &&
    entryOf(payload, KEY_ID_ENTRY).length > 0 &&
    entryOf(payload, WRAPPED_KEY_ENTRY).length > 0
  );
}

/** Version 0x80 and a time before the year 36812, in base64url. */
const FERNET_BEGINNING = Buffer.from('gAAAAA', 'ascii');
const BASE64URL = /^[\w-]+={0,2}$/;

/** Whether bytes are the text of a Fernet token, as far as can be told without its key. */
export function isFernetText(data: Uint8Array | null | undefined): boolean {
  if (!data || data.length < FERNET_BEGINNING.length) return false;
  const bytes = asBuffer(data);
  return (
    bytes.subarray(0, FERNET_BEGINNING.length).equals(FERNET_BEGINNING) &&
    BASE64URL.test(bytes.toString('latin1'))
  );
}

/** Largest `data` that is opened. Temporal takes 2 MiB in a field by default, and storage drivers more. */
const MAX_DATA_BYTES = 128 * 1024 * 1024;

/** `data` of a payload that is to be opened; `undefined` where it is larger than any. */
export function dataOf({ data }: Payload): Uint8Array | undefined {
  const bytes = bytesOf(data);
  return bytes.length > MAX_DATA_BYTES ? undefined : bytes;
}

/**
 * The payload that was encrypted whole.
 *
 * @param plaintext serialized payload; zeroed
 * @returns its bytes are views of one fresh buffer; `undefined` where the plaintext is no payload
 */
export function innerPayload(plaintext: Buffer): Payload | undefined {
  // What is parsed keeps its memory, and a library may have taken that of the plaintext from a pool.
  const own = new Uint8Array(plaintext);
  plaintext.fill(0);
  try {
    return parsePayload(own);
  } catch {
    own.fill(0);
    return undefined;
  }
}

/**
 * Opens the payloads that are of a format and leaves the others: the same objects in the same places. In
 * their order, giving way to other work in between, and the first that fails ends it.
 */
export async function decodeEach(
  payloads: readonly Payload[],
  isOwn: (payload: Payload) => boolean,
  open: (payload: Payload) => Payload | Promise<Payload>,
): Promise<Payload[]> {
  const decoded: Payload[] = [];
  for (const payload of payloads) {
    if (!isOwn(payload)) {
      decoded.push(payload);
      continue;
    }
    while (isPauseDue()) await pause();
    const opened = open(payload);
    decoded.push(opened instanceof Promise ? await opened : opened);
  }
  return decoded;
}
