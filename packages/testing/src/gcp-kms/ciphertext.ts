import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { GcpFault } from './fault';
import type { GcpKmsDoubleKey, GcpKmsDoubleKeyVersion } from './key';

const FORMAT = 0x0a;
const KEY_HASH_BYTES = 16;
const VERSION_AT = 1 + KEY_HASH_BYTES;
const NONCE_AT = VERSION_AT + 4;
const HEADER_BYTES = NONCE_AT + 12;
const TAG_BYTES = 16;

/**
 * Seals as the service does: AES-256-GCM with the AAD, in a ciphertext that carries which version made it.
 * The layout is the double's own: the service's is not published.
 */
export function sealGcpCiphertext(
  key: GcpKmsDoubleKey,
  version: GcpKmsDoubleKeyVersion,
  plaintext: Uint8Array,
  aad: Uint8Array,
): Buffer {
  const number = Buffer.alloc(4);
  number.writeUInt32BE(version.number);
  const header = Buffer.concat([Uint8Array.of(FORMAT), keyHash(key), number, randomBytes(12)]);
  const cipher = createCipheriv('aes-256-gcm', version.material, header.subarray(NONCE_AT));
  cipher.setAAD(Buffer.concat([header, aad]));
  return Buffer.concat([header, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/**
 * The version of `key` that made a ciphertext.
 *
 * @throws GcpFault `INVALID_ARGUMENT` when it is no ciphertext of this key
 */
export function versionOfGcpCiphertext(key: GcpKmsDoubleKey, ciphertext: Uint8Array): GcpKmsDoubleKeyVersion {
  const isOfKey =
    ciphertext.length >= HEADER_BYTES + TAG_BYTES &&
    ciphertext[0] === FORMAT &&
    keyHash(key).equals(ciphertext.subarray(1, VERSION_AT));
  if (!isOfKey) {
    throw new GcpFault(
      'INVALID_ARGUMENT',
      "Decryption failed: verify that 'name' refers to the correct CryptoKey.",
    );
  }
  const number = Buffer.from(ciphertext.subarray(VERSION_AT, NONCE_AT)).readUInt32BE();
  const version = key.versions.find((candidate) => candidate.number === number);
  if (version === undefined) throw invalid();
  return version;
}

/**
 * Opens a ciphertext of `version`.
 *
 * @returns the plaintext in a fresh buffer
 * @throws GcpFault `INVALID_ARGUMENT` when the ciphertext or the AAD is not what was sealed
 */
export function openGcpCiphertext(
  version: GcpKmsDoubleKeyVersion,
  ciphertext: Uint8Array,
  aad: Uint8Array,
): Buffer {
  const header = ciphertext.subarray(0, HEADER_BYTES);
  const tagAt = ciphertext.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', version.material, header.subarray(NONCE_AT), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.concat([header, aad]));
  decipher.setAuthTag(ciphertext.subarray(tagAt));
  const plaintext = decipher.update(ciphertext.subarray(HEADER_BYTES, tagAt));
  try {
    decipher.final();
  } catch {
    throw invalid();
  }
  return plaintext;
}

function keyHash(key: GcpKmsDoubleKey): Buffer {
  return createHash('sha256').update(key.name).digest().subarray(0, KEY_HASH_BYTES);
}

function invalid(): GcpFault {
  return new GcpFault('INVALID_ARGUMENT', 'Decryption failed: the ciphertext is invalid.');
}
