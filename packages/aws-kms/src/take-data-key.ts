import type { DecryptCommandOutput } from '@aws-sdk/client-kms';
import { DATA_KEY_BYTES } from '@waxseal/core';

import { AwsAnswerError } from './aws-answer-error';
import { isSameKmsKey, parseKmsKeyArn, type KmsKeyArn } from './kms-key-arn';
import { canReferTo, type KmsKeyReference } from './kms-key-reference';

/**
 * The data key of an answer to `Decrypt`, in a buffer that nobody else holds. The SDK's buffer is zeroed, whether the answer is
 * used or not.
 *
 * @param recorded the key ARN that the payload names, where it names one
 * @param signal of the attempt: past its deadline nobody takes the answer
 * @throws AwsAnswerError when another key answered, or the plaintext is no data key
 */
export function takeDataKey(
  answer: DecryptCommandOutput,
  reference: KmsKeyReference,
  recorded: KmsKeyArn | undefined,
  signal: AbortSignal,
): Uint8Array {
  const plaintext = answer.Plaintext ?? new Uint8Array(0);
  try {
    const arn = parseKmsKeyArn(answer.KeyId);
    const isRecorded = arn !== undefined && (recorded === undefined || isSameKmsKey(arn, recorded));
    if (!isRecorded || !canReferTo(reference, arn)) {
      throw new AwsAnswerError(
        'Decrypt answered for another key than the one that wrapped.',
        'rejected-ciphertext',
      );
    }
    if (plaintext.length !== DATA_KEY_BYTES) {
      const length = String(plaintext.length);
      throw new AwsAnswerError(
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
