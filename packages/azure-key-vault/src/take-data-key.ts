import { DATA_KEY_BYTES } from '@waxseal/core';

import { AzureAnswerError } from './azure-answer-error';
import type { KeyVaultKeyReference } from './key-vault-key-reference';
import { versionOfAnswer } from './version-of-answer';

/**
 * The data key of an answer to an unwrap, in a buffer that nobody else holds. The SDK's buffer is zeroed, whether the answer is
 * used or not.
 *
 * @param plaintext of the answer
 * @param kid of the answer
 * @param asked the key with the version that was asked
 * @param signal of the attempt: past its deadline nobody takes the answer
 * @throws AzureAnswerError when another version answered, or the plaintext is no data key
 */
export function takeDataKey(
  plaintext: Uint8Array | undefined,
  kid: unknown,
  asked: KeyVaultKeyReference,
  signal: AbortSignal,
): Uint8Array {
  try {
    assertAnswered(kid, asked);
    if (plaintext?.length !== DATA_KEY_BYTES) {
      throw new AzureAnswerError(
        `unwrapKey answered ${String(plaintext?.length ?? 0)} bytes, which is no data key.`,
        'rejected-ciphertext',
      );
    }
    signal.throwIfAborted();
    return new Uint8Array(plaintext);
  } finally {
    plaintext?.fill(0);
  }
}

function assertAnswered(kid: unknown, asked: KeyVaultKeyReference): void {
  try {
    versionOfAnswer(kid, asked);
  } catch {
    throw new AzureAnswerError(
      'unwrapKey answered for another key or version than the one that wrapped.',
      'rejected-ciphertext',
    );
  }
}
