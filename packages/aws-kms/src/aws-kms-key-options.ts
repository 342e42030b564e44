import type { KeyId, KeyRequestPolicy } from '@waxseal/core';

import type { AwsKmsClient } from './aws-kms-client';

/** Options of an `AwsKmsKey`. */
export interface AwsKmsKeyOptions {
  /**
   * The application's own `KMSClient`, with its region and credentials. Give it `maxAttempts: 1`: `request` says how often
   * the service is asked, and the SDK's own retries would multiply that within each attempt's deadline.
   */
  readonly client: AwsKmsClient;
  /**
   * A symmetric encryption key: key ARN (best), key ID, alias ARN or alias name. The key ARN that the service answers is what
   * is recorded in payloads.
   */
  readonly keyId: string;
  /**
   * Entries of the encryption context beside the reserved `waxseal:aad`. Written in clear to CloudTrail; must be the same for
   * as long as payloads are to be opened. Keys must not begin with `waxseal:` or `aws:`.
   */
  readonly encryptionContext?: Readonly<Record<string, string>> | undefined;
  /** Up to ten grant tokens, for rights from a grant that is not yet in effect everywhere. */
  readonly grantTokens?: readonly string[] | undefined;
  /** Name that is recorded in payloads instead of the key ARN. */
  readonly id?: KeyId | undefined;
  /** Deadlines and attempts of one wrap or unwrap. */
  readonly request?: KeyRequestPolicy | undefined;
}
