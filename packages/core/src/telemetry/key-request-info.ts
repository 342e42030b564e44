import type { KeyId } from '../key-encryption-key/key-id';

/** One wrap or unwrap, for an observer. */
export interface KeyRequestInfo {
  readonly operation: 'wrap' | 'unwrap';
  /** ID of the configured key. */
  readonly keyId: KeyId;
  /** Short name of the kind of service, such as `aws-kms`; `unknown` where a provider does not tell. */
  readonly provider: string;
}
