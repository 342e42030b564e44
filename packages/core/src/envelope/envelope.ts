import type { WrappedKey } from '../key/key-encryption-key';
import type { EncryptionContext } from './encryption-context';

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
