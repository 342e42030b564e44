import { awsKmsEncryptionContext } from './aws-kms-encryption-context';
import type { CheckedAwsKmsKeyOptions } from './check-aws-kms-key-options';

/** What `Encrypt` and `Decrypt` of a wrapped key have in common. */
export interface AwsKmsRequestParameters {
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
