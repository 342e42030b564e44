import type { Authorize } from '../authorization/authorize';
import type { DecodePolicies } from '../masking/decode-policies';
import type { Authenticate } from './authenticate';

/** Who may: the `auth` and `authorize` options after validation. */
export interface AccessControl {
  readonly authenticate: Authenticate;
  /** Whether `auth` has an entry for client certificates. */
  readonly readsClientCertificates: boolean;
  readonly authorize: Authorize;
  /** What is seen under each decode policy; undefined where everything is. */
  readonly policies: DecodePolicies | undefined;
}
