import { ByteReader, viewOf } from '../base/bytes';
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
 * views of the payload's `data`, but for wrapped keys.
 */
export interface Envelope {
  /** Format version. */
  readonly version: number;
  /** Suite. */
  readonly suite: number;
  readonly context: EncryptionContext;
  /** One to eight; the first belongs to `encryption-key-id`. */
  readonly wrappedKeys: readonly [WrappedKey, ...WrappedKey[]];
  /** Everything before the ciphertext, salt and commitment with it; part of the AAD. */
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

/** Bytes of the salt, and where it stands in a header (docs/spec/envelope.md §3). */
export const SALT_BYTES = 32;
export const SALT_AT = 2;

/** Bytes of the key commitment, and where it stands in a header (docs/spec/envelope.md §3). */
export const COMMITMENT_BYTES = 32;
export const COMMITMENT_AT = SALT_AT + SALT_BYTES;

/** Bytes of the authentication tag (docs/spec/envelope.md §4). */
export const TAG_BYTES = 16;

/** Bytes before the encryption context: version, suite, salt and commitment (docs/spec/envelope.md §3). */
export const FIXED_HEADER_BYTES = COMMITMENT_AT + COMMITMENT_BYTES;

/** Most wrapped keys in an envelope (docs/spec/envelope.md §3.2). */
export const MAX_WRAPPED_KEYS = 8;

/** Most bytes of a ciphertext (docs/spec/envelope.md §3.2). */
export const MAX_CIPHERTEXT_BYTES = 2 ** 36 - 32;

const LABEL = Buffer.from('waxseal/v1/envelope', 'ascii');

const KEY_ID_AT = LABEL.length + 2;

/**
 * What the authentication tag covers besides the ciphertext: a label, the primary key ID and the header
 * (docs/spec/envelope.md §6).
 */
export interface EnvelopeAad {
  readonly bytes: Buffer;
  /** The last part of {@link bytes}. */
  readonly header: Buffer;
}

/**
 * An AAD whose header is still to be written.
 *
 * @param keyId UTF-8 of the primary key ID
 * @returns a fresh buffer
 */
export function envelopeAad(keyId: Uint8Array, headerLength: number): EnvelopeAad {
  const headerAt = KEY_ID_AT + keyId.length;
  const bytes = Buffer.alloc(headerAt + headerLength);
  bytes.set(LABEL, 0);
  bytes.writeUInt16BE(keyId.length, LABEL.length);
  bytes.set(keyId, KEY_ID_AT);
  return { bytes, header: bytes.subarray(headerAt) };
}

/**
 * An AAD for all envelopes that are sealed under one data key in one encryption context: salt and commitment
 * are still to be written into its header.
 *
 * @param keyId UTF-8 of the primary key ID
 * @param context serialized
 * @param wrappedKeys serialized
 */
export function aadTemplate(keyId: Uint8Array, context: Uint8Array, wrappedKeys: Uint8Array): EnvelopeAad {
  const contextAt = FIXED_HEADER_BYTES + 2;
  const aad = envelopeAad(keyId, contextAt + context.length + wrappedKeys.length);
  const { header } = aad;
  header[0] = FORMAT_VERSION;
  header[1] = SUITE;
  header.writeUInt16BE(context.length, FIXED_HEADER_BYTES);
  header.set(context, contextAt);
  header.set(wrappedKeys, contextAt + context.length);
  return aad;
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

function u16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value);
}

/** "AQ", "AQE": how base64 of the first bytes of an envelope begins. */
const BASE64_OF_VERSION_1 = 0x41;

/**
 * Parses the `data` of an outer payload (docs/spec/envelope.md §3). Allocates nothing in proportion to a
 * length that it has not checked, and copies no bytes but those of wrapped keys, which envelopes share.
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
  reader.pass(SALT_BYTES, 'Salt');
  reader.pass(COMMITMENT_BYTES, 'Commitment');
  const { context, wrappedKeys } = readKeysAndContext(reader, keyId);
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
    context,
    wrappedKeys,
    header: viewOf(data, 0, headerLength),
    ciphertext,
    tag,
  };
}

/** The part of a header that envelopes share which were sealed under one data key in one context. */
interface KeysAndContext extends Pick<Envelope, 'context' | 'wrappedKeys'> {
  readonly keyId: KeyId;
  /** As it stands in the header. */
  readonly bytes: Buffer;
}

/** What was read last, the latest first: payloads come in runs, and a Worker has some workflows at a time. */
const recent: KeysAndContext[] = [];
const MAX_RECENT = 4;

function readKeysAndContext(reader: ByteReader, keyId: KeyId): KeysAndContext {
  for (const known of recent) if (known.keyId === keyId && reader.skip(known.bytes)) return known;
  const start = reader.offset;
  const context = parseEncryptionContext(
    reader.readPrefixedBytes(0, MAX_CONTEXT_BYTES, 'Encryption context'),
  );
  const wrappedKeys = parseWrappedKeys(reader, keyId);
  // The payload is not kept for them.
  for (const wrapped of wrappedKeys) Object.assign(wrapped, { bytes: new Uint8Array(wrapped.bytes) });
  const bytes = Buffer.from(new Uint8Array(reader.since(start)).buffer);
  const known = { keyId, bytes, context, wrappedKeys };
  recent.unshift(known);
  recent.length = Math.min(recent.length, MAX_RECENT);
  return known;
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
