import type { Authorize } from '../authorization/authorize';
import type { Authenticate } from './authenticate';

/** Who may: the `auth` and `authorize` options after validation. */
export interface AccessControl {
  readonly authenticate: Authenticate;
  readonly authorize: Authorize;
}
