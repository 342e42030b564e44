import type { DecryptCommandOutput } from '@aws-sdk/client-kms';
import { KeyServiceAnswerError, takeDataKey } from '@waxseal/core/provider';
import { isSameKmsKey, parseKmsKeyArn, type KmsKeyArn, canReferTo, type KmsKeyReference } from './key-name';
import type { CheckedAwsKmsKeyOptions } from './options';

/** What `Encrypt` and `Decrypt` of a wrapped key have in common. */
interface AwsKmsRequestParameters {
  readonly EncryptionContext: Record<string, string>;
  readonly EncryptionAlgorithm: 'SYMMETRIC_DEFAULT';
  readonly GrantTokens?: string[];
}

/** The members of a request that do not depend on the data key. */
export function awsKmsRequestParameters(
  { encryptionContext, grantTokens }: CheckedAwsKmsKeyOptions,
  aad: Uint8Array,
): AwsKmsRequestParameters {
  return {
    EncryptionContext: awsKmsEncryptionContext(encryptionContext, aad),
    EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    ...(grantTokens.length === 0 ? {} : { GrantTokens: [...grantTokens] }),
  };
}

/** Name of the entry that carries the AAD. Reserved: no user entry begins with `waxseal:`. */
const AAD_ENTRY = 'waxseal:aad';

/**
 * The encryption context of a wrap: the user's static entries, and the AAD in base64 with padding (RFC 4648
 * §4). It is normative in this package's README, since other languages must send the same.
 *
 * @param aad empty where the wrapped key is not Waxseal's own: others bind none, as `@waxseal/compat` reads
 */
function awsKmsEncryptionContext(
  entries: Readonly<Record<string, string>>,
  aad: Uint8Array,
): Record<string, string> {
  if (aad.length === 0) return { ...entries };
  return {
    ...entries,
    [AAD_ENTRY]: Buffer.from(aad.buffer, aad.byteOffset, aad.byteLength).toString('base64'),
  };
}

/**
 * The data key of an answer to `Decrypt`, in a buffer that nobody else holds. The SDK's buffer is zeroed,
 * whether the answer is used or not.
 *
 * @param recorded the key ARN that the payload names, where it names one
 * @param signal of the attempt: past its deadline nobody takes the answer
 * @throws KeyServiceAnswerError when another key answered, or the plaintext is no data key
 */
export function dataKeyOf(
  answer: DecryptCommandOutput,
  reference: KmsKeyReference,
  recorded: KmsKeyArn | undefined,
  signal: AbortSignal,
): Uint8Array {
  return takeDataKey(answer.Plaintext, 'Decrypt', signal, () => {
    const arn = parseKmsKeyArn(answer.KeyId);
    const isRecorded = arn !== undefined && (recorded === undefined || isSameKmsKey(arn, recorded));
    if (isRecorded && canReferTo(reference, arn)) return;
    const text = 'Decrypt answered for another key than the one that wrapped.';
    throw new KeyServiceAnswerError(text, 'rejected-ciphertext');
  });
}
