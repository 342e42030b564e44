import { DATA_KEY_BYTES } from '@waxseal/core';

import { bytesOf } from './bytes-of';
import { assertChecksum } from './checksum';
import { GcpAnswerError } from './gcp-answer-error';
import type { GcpDecryptAnswer } from './gcp-kms-client';

/**
 * The data key of an answer to `Decrypt`, in a buffer that nobody else holds. The SDK's buffer is zeroed, whether the answer is
 * used or not.
 *
 * @param signal of the attempt: past its deadline nobody takes the answer
 * @throws GcpAnswerError when the answer was damaged on its way, or the plaintext is no data key
 */
export function takeDataKey(answer: GcpDecryptAnswer, signal: AbortSignal): Uint8Array {
  const plaintext = bytesOf(answer.plaintext);
  try {
    assertChecksum(answer.plaintextCrc32c, plaintext, 'Decrypt: plaintext_crc32c');
    if (plaintext.length !== DATA_KEY_BYTES) {
      const length = String(plaintext.length);
      throw new GcpAnswerError(
        `Decrypt answered ${length} bytes, which is no data key.`,
        'rejected-ciphertext',
      );
    }
    signal.throwIfAborted();
    return new Uint8Array(plaintext);
  } finally {
    plaintext.fill(0);
  }
}
