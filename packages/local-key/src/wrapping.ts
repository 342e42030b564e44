import { createCipheriv, randomBytes, type KeyObject, createDecipheriv, createSecretKey } from 'node:crypto';
import { type WrappedKey, ConfigurationError, type KeyId } from '@waxseal/core/provider';

/**
 * AES-256-GCM of a data key with a random nonce (docs/spec/local-key.md §1).
 *
 * @param nonce 12 fresh random bytes; given only where vectors are written
 * @returns a fresh buffer: version, nonce, ciphertext, tag
 */
export function wrapLocally(
  key: KeyObject,
  keyId: string,
  dataKey: Uint8Array,
  aad: Uint8Array,
  nonce: Uint8Array = randomBytes(NONCE_BYTES),
): Uint8Array {
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(localWrapAad(keyId, aad));
  return new Uint8Array(
    Buffer.concat([
      Uint8Array.of(WRAP_VERSION),
      nonce,
      cipher.update(dataKey),
      cipher.final(),
      cipher.getAuthTag(),
    ]),
  );
}

/**
 * Opens what `wrapLocally` gave.
 *
 * @returns what was wrapped, of whatever length, in a fresh buffer, or `undefined` when the wrapped key does
 *   not open under this key, key ID and AAD
 */
export function unwrapLocally(key: KeyObject, wrapped: WrappedKey, aad: Uint8Array): Uint8Array | undefined {
  const { bytes, keyId } = wrapped;
  if (bytes[0] !== WRAP_VERSION || bytes.length < 1 + NONCE_BYTES + TAG_BYTES) return undefined;
  const ciphertextEnd = bytes.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 1 + NONCE_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(localWrapAad(keyId, aad));
  decipher.setAuthTag(bytes.subarray(ciphertextEnd));
  const dataKey = decipher.update(bytes.subarray(1 + NONCE_BYTES, ciphertextEnd));
  try {
    decipher.final();
  } catch {
    dataKey.fill(0);
    return undefined;
  }
  return dataKey;
}

const LABEL = Buffer.from('waxseal/v1/local-key', 'ascii');

/** The AAD of a wrap: a label, the key ID, and what the envelope gives (docs/spec/local-key.md §1). */
function localWrapAad(keyId: string, aad: Uint8Array): Buffer {
  const id = Buffer.from(keyId, 'utf8');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(id.length);
  return Buffer.concat([LABEL, length, id, aad]);
}

/** First byte of a wrapped key (docs/spec/local-key.md §1). */
const WRAP_VERSION = 0x01;

/** Bytes of the nonce. */
const NONCE_BYTES = 12;

/** Bytes of the tag. */
const TAG_BYTES = 16;

/**
 * The key ID of a version of a key: `<name>/v<version>` (docs/spec/local-key.md §2).
 *
 * @throws ConfigurationError when `version` is not a whole number from 1
 */
export function versionedKeyId(name: string, version: number): KeyId {
  if (!Number.isSafeInteger(version) || version < 1) {
    throw new ConfigurationError('A version of a local key must be a whole number from 1.');
  }
  return `${name}/v${String(version)}`;
}

const LOCAL_KEY_BYTES = 32;

/**
 * Copies key bytes into a `KeyObject`.
 *
 * @param field name of the option, for the message
 * @throws ConfigurationError when `bytes` are not 32 bytes
 */
export function importKeyMaterial(bytes: Uint8Array, field: string): KeyObject {
  if (!ArrayBuffer.isView(bytes) || bytes.byteLength !== LOCAL_KEY_BYTES) {
    throw new ConfigurationError(
      `${field} must be ${String(LOCAL_KEY_BYTES)} random bytes (a Uint8Array), such as crypto.randomBytes(32).`,
    );
  }
  return createSecretKey(bytes);
}
