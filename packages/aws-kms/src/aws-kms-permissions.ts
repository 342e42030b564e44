import type { KeyServiceError } from '@waxseal/core';

/** Whether one thing may be done, and if not, why. */
export type AwsKmsPermission =
  { readonly allowed: true } | { readonly allowed: false; readonly error: KeyServiceError };

/** What the caller may do with a key. */
export interface AwsKmsPermissions {
  /** `kms:Encrypt`. */
  readonly wrap: AwsKmsPermission;
  /** `kms:Decrypt`. */
  readonly unwrap: AwsKmsPermission;
}
