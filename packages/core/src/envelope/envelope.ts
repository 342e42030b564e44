import { ByteReader } from '../base/bytes';
import { MalformedEnvelopeError } from '../base/errors';
import {
  isKeyId,
  MAX_KEY_ID_BYTES,
  type KeyId,
  MAX_WRAPPED_KEY_BYTES,
  type WrappedKey,
} from '../key/key-encryption-key';
import { type EncryptionContext, MAX_CONTEXT_BYTES, parseEncryptionContext } from './encryption-context';

/**
 * A parsed and bounded envelope (docs/spec/envelope.md §3). Nothing in it is authenticated yet. All bytes are
 * views of the payload's `data`.
 */
export interface Envelope {
  /** Format version. */
  readonly version: number;
  /** Suite. */
  readonly suite: number;
  /** 32 bytes. */
  readonly salt: Uint8Array;
  /** 32 bytes. */
  readonly commitment: Uint8Array;
  readonly context: EncryptionContext;
  /** One to eight; the first belongs to `encryption-key-id`. */
  readonly wrappedKeys: readonly [WrappedKey, ...WrappedKey[]];
  /** Everything before the ciphertext; part of the AAD. */
  readonly header: Uint8Array;
  readonly ciphertext: Uint8Array;
  /** 16 bytes. */
  readonly tag: Uint8Array;
}

/** `metadata.encoding` of an outer payload (docs/spec/envelope.md §2). */
export const ENVELOPE_ENCODING = 'binary/envelope';

/** Name of the metadata entry that holds the primary key ID (docs/spec/envelope.md §2). */
export const KEY_ID_METADATA = 'encryption-key-id';

/** The format version that this release reads and writes (docs/spec/envelope.md §3.1). */
export const FORMAT_VERSION = 0x01;

/** HMAC-SHA-512, key commitment, AES-256-GCM (docs/spec/envelope.md §4). */
export const SUITE = 0x01;

/** Bytes of the salt (docs/spec/envelope.md §3). */
export const SALT_BYTES = 32;

/** Bytes of the key commitment (docs/spec/envelope.md §3). */
export const COMMITMENT_BYTES = 32;

/** Bytes of the authentication tag (docs/spec/envelope.md §4). */
export const TAG_BYTES = 16;

/** Bytes before the encryption context: version, suite, salt and commitment (docs/spec/envelope.md §3). */
export const FIXED_HEADER_BYTES = 2 + SALT_BYTES + COMMITMENT_BYTES;

/** Most wrapped keys in an envelope (docs/spec/envelope.md §3.2). */
export const MAX_WRAPPED_KEYS = 8;

/** Most bytes of a ciphertext (docs/spec/envelope.md §3.2). */
export const MAX_CIPHERTEXT_BYTES = 2 ** 36 - 32;

const LABEL = Buffer.from('waxseal/v1/envelope', 'ascii');

/** An AAD whose last part, the header, is still to be written. */
interface EnvelopeAad {
  readonly aad: Buffer;
  /** Where the header begins. */
  readonly headerAt: number;
}

/**
 * What the authentication tag covers besides the ciphertext: a label, the primary key ID and the header
 * (docs/spec/envelope.md §6).
 *
 * @param keyId UTF-8 of the primary key ID
 * @returns a fresh buffer, with room for the header
 */
export function envelopeAad(keyId: Uint8Array, headerLength: number): EnvelopeAad {
  const headerAt = LABEL.length + 2 + keyId.length;
  const aad = Buffer.allocUnsafe(headerAt + headerLength);
  aad.set(LABEL, 0);
  aad.writeUInt16BE(keyId.length, LABEL.length);
  aad.set(keyId, LABEL.length + 2);
  return { aad, headerAt };
}

/**
 * The last part of a header: the count, then the wrapped keys, the first without its key ID
 * (docs/spec/envelope.md §3.4).
 *
 * @param wrappedKeys one to eight, within the format's limits
 * @returns a fresh buffer
 */
export function serializeWrappedKeys(wrappedKeys: readonly [WrappedKey, ...WrappedKey[]]): Buffer {
  const parts: Uint8Array[] = [Uint8Array.of(wrappedKeys.length)];
  wrappedKeys.forEach(({ keyId, bytes }, index) => {
    if (index > 0) {
      const id = Buffer.from(keyId, 'utf8');
      parts.push(u16(id.length), id);
    }
    parts.push(u16(bytes.length), bytes);
  });
  return Buffer.concat(parts);
}

function u16(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(2);
  bytes.writeUInt16BE(value, 0);
  return bytes;
}

/**
 * `parse`, which gives its last result again when it gets the same bytes again: payloads come in runs that
 * share a key ID and an encryption context.
 *
 * @param parse depends on the bytes only, keeps no view of them, and gives what is not changed. What it
 *   throws is not remembered.
 */
export function rememberLast<T>(parse: (bytes: Uint8Array) => T): (bytes: Uint8Array) => T {
  let last: { readonly bytes: Buffer; readonly result: T } | undefined;
  return (bytes) => {
    if (last?.bytes.equals(bytes) !== true) last = { result: parse(bytes), bytes: Buffer.from(bytes) };
    return last.result;
  };
}

/** "AQ", "AQE": how base64 of the first bytes of an envelope begins. */
const BASE64_OF_VERSION_1 = 0x41;

const readContext = rememberLast(parseEncryptionContext);

/**
 * Parses the `data` of an outer payload (docs/spec/envelope.md §3). Allocates nothing in proportion to a
 * length that it has not checked, and copies no bytes.
 *
 * @param keyId the payload's `encryption-key-id`, which names the first wrapped key; checked by the caller
 * @param data read in place; must not change while the envelope is in use
 * @throws MalformedEnvelopeError
 */
export function parseEnvelope(keyId: KeyId, data: Uint8Array): Envelope {
  const reader = new ByteReader(data);
  const version = reader.readU8('Version');
  if (version !== FORMAT_VERSION) {
    throw new MalformedEnvelopeError(
      `Format version ${String(version)} is not known to this release, which reads version ${String(FORMAT_VERSION)}. ` +
        (version === BASE64_OF_VERSION_1
          ? 'The data looks as if it were base64 text: decode it first.'
          : 'Upgrade Waxseal where payloads are decoded.'),
    );
  }
  const suite = reader.readU8('Suite');
  if (suite !== SUITE) {
    throw new MalformedEnvelopeError(
      `Suite ${String(suite)} is not known to this release. Upgrade Waxseal where payloads are decoded.`,
    );
  }
  const salt = reader.readBytes(SALT_BYTES, 'Salt');
  const commitment = reader.readBytes(COMMITMENT_BYTES, 'Commitment');
  const context = readContext(reader.readPrefixedBytes(0, MAX_CONTEXT_BYTES, 'Encryption context'));
  const wrappedKeys = parseWrappedKeys(reader, keyId);
  const headerLength = reader.offset;
  const ciphertextLength = reader.remaining - TAG_BYTES;
  if (ciphertextLength < 0) {
    throw new MalformedEnvelopeError(
      `Tag: needs ${String(TAG_BYTES)} bytes after the header, and ${String(reader.remaining)} are left. The payload is truncated.`,
    );
  }
  if (ciphertextLength > MAX_CIPHERTEXT_BYTES) {
    throw new MalformedEnvelopeError('Ciphertext: longer than AES-GCM allows.');
  }
  const ciphertext = reader.readBytes(ciphertextLength, 'Ciphertext');
  const tag = reader.readBytes(TAG_BYTES, 'Tag');
  return {
    version,
    suite,
    salt,
    commitment,
    context,
    wrappedKeys,
    header: data.subarray(0, headerLength),
    ciphertext,
    tag,
  };
}

/**
 * The last part of a header, as {@link serializeWrappedKeys} writes it.
 *
 * @param keyId of the first of them
 * @throws MalformedEnvelopeError
 */
export function parseWrappedKeys(reader: ByteReader, keyId: KeyId): [WrappedKey, ...WrappedKey[]] {
  const count = reader.readU8('Wrapped key count');
  if (count < 1 || count > MAX_WRAPPED_KEYS) {
    throw new MalformedEnvelopeError(
      `${String(count)} wrapped keys: an envelope has 1 to ${String(MAX_WRAPPED_KEYS)}.`,
    );
  }
  const wrappedKeys: [WrappedKey, ...WrappedKey[]] = [{ keyId, bytes: readWrappedKey(reader) }];
  while (wrappedKeys.length < count) {
    const otherId = reader.readPrefixedText(1, MAX_KEY_ID_BYTES, 'Key ID');
    if (!isKeyId(otherId)) {
      throw new MalformedEnvelopeError('Key ID: control characters are not allowed.');
    }
    if (wrappedKeys.some((wrapped) => wrapped.keyId === otherId)) {
      throw new MalformedEnvelopeError('Two wrapped keys have the same key ID.');
    }
    wrappedKeys.push({ keyId: otherId, bytes: readWrappedKey(reader) });
  }
  return wrappedKeys;
}

function readWrappedKey(reader: ByteReader): Uint8Array {
  return reader.readPrefixedBytes(1, MAX_WRAPPED_KEY_BYTES, 'Wrapped key');
}
