import { KeyServiceAnswerError, MAX_WRAPPED_KEY_BYTES, takeDataKey } from '@waxseal/core/provider';
import { buf } from 'crc-32/crc32c';
import type { GcpDecryptAnswer, GcpEncryptAnswer, GcpBytes, GcpChecksum } from './client';
import { versionOf } from './key-name';

/**
 * The data key of an answer to `Decrypt`, in a buffer that nobody else holds. The SDK's buffer is zeroed,
 * whether the answer is used or not.
 *
 * @param signal of the attempt: past its deadline nobody takes the answer
 * @throws KeyServiceAnswerError when the answer was damaged on its way, or the plaintext is no data key
 */
export function dataKeyOf(answer: GcpDecryptAnswer, signal: AbortSignal): Uint8Array {
  return takeDataKey(bytesOf(answer.plaintext), 'Decrypt', signal, (plaintext) => {
    assertChecksum(answer.plaintextCrc32c, plaintext, 'Decrypt: plaintext_crc32c');
  });
}

/** What `Encrypt` made. */
interface GcpWrappedKey {
  /** The number of the version that was used. */
  readonly version: string;
  readonly bytes: Uint8Array;
}

/**
 * The ciphertext of an answer to `Encrypt`, in a fresh buffer.
 *
 * @param keyName the key that was asked
 * @throws KeyServiceAnswerError when the request or the answer was damaged on its way, or another key
 *   answered
 */
export function takeWrappedKey(answer: GcpEncryptAnswer, keyName: string): GcpWrappedKey {
  if (answer.verifiedPlaintextCrc32c !== true || answer.verifiedAdditionalAuthenticatedDataCrc32c !== true) {
    throw new KeyServiceAnswerError(
      'Encrypt did not verify the checksums of the request: it was damaged on its way.',
      'unavailable',
    );
  }
  const ciphertext = bytesOf(answer.ciphertext);
  assertChecksum(answer.ciphertextCrc32c, ciphertext, 'Encrypt: ciphertext_crc32c');
  const version = versionOf(keyName, answer.name);
  if (version === undefined) {
    throw new KeyServiceAnswerError('Encrypt answered for another key than was asked.', 'unknown');
  }
  const { length } = ciphertext;
  if (length < 1 || length > MAX_WRAPPED_KEY_BYTES) {
    throw new KeyServiceAnswerError(`Encrypt answered a ciphertext of ${String(length)} bytes.`, 'unknown');
  }
  return { version, bytes: new Uint8Array(ciphertext) };
}

/** Bytes of an answer; text is base64. None are empty bytes. */
function bytesOf(bytes: GcpBytes): Uint8Array {
  if (typeof bytes === 'string') return Buffer.from(bytes, 'base64');
  return bytes ?? new Uint8Array(0);
}

/** CRC32C (RFC 3720 §12.1) of bytes, as the service takes it: 0 to 2^32 − 1. */
export function crc32c(bytes: Uint8Array): number {
  return buf(bytes) >>> 0;
}

/**
 * @param field of the answer, for the message
 * @throws KeyServiceAnswerError of reason `unavailable`, which is asked again, unless the checksum is there
 *   and is that of the bytes
 */
export function assertChecksum(checksum: GcpChecksum, bytes: Uint8Array, field: string): void {
  const given = checksum?.value;
  if (given === undefined || given === null || String(given) !== String(crc32c(bytes))) {
    throw new KeyServiceAnswerError(
      `${field} is missing or does not fit: the answer was damaged on its way.`,
      'unavailable',
    );
  }
}
