import { MAX_WRAPPED_KEY_BYTES } from '@waxseal/core';

import { bytesOf } from './bytes-of';
import { assertChecksum } from './checksum';
import { GcpAnswerError } from './gcp-answer-error';
import type { GcpEncryptAnswer } from './gcp-kms-client';
import { versionOf } from './key-version-name';

/** What `Encrypt` made. */
export interface GcpWrappedKey {
  /** The number of the version that was used. */
  readonly version: string;
  readonly bytes: Uint8Array;
}

/**
 * The ciphertext of an answer to `Encrypt`, in a fresh buffer.
 *
 * @param keyName the key that was asked
 * @throws GcpAnswerError when the request or the answer was damaged on its way, or another key answered
 */
export function takeWrappedKey(answer: GcpEncryptAnswer, keyName: string): GcpWrappedKey {
  if (answer.verifiedPlaintextCrc32c !== true || answer.verifiedAdditionalAuthenticatedDataCrc32c !== true) {
    throw new GcpAnswerError(
      'Encrypt did not verify the checksums of the request: it was damaged on its way.',
      'unavailable',
    );
  }
  const ciphertext = bytesOf(answer.ciphertext);
  assertChecksum(answer.ciphertextCrc32c, ciphertext, 'Encrypt: ciphertext_crc32c');
  const version = versionOf(keyName, answer.name);
  if (version === undefined) {
    throw new GcpAnswerError('Encrypt answered for another key than was asked.', 'unknown');
  }
  const { length } = ciphertext;
  if (length < 1 || length > MAX_WRAPPED_KEY_BYTES) {
    throw new GcpAnswerError(`Encrypt answered a ciphertext of ${String(length)} bytes.`, 'unknown');
  }
  return { version, bytes: new Uint8Array(ciphertext) };
}
