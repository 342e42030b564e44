import type { ClaimConditions } from '../auth/claim-conditions';
import type { Grant } from './grant';

/**
 * Lets principals do something. All conditions that are given must hold, and one of `principals`, `groups` and `claims` must
 * be given. In patterns `*` stands for any characters; everything else is compared exactly.
 */
export interface AccessRule extends Grant {
  /** Patterns of principals; one must match. `['*']` means everybody who is authenticated. */
  readonly principals?: readonly string[];
  /** Patterns of groups; one must match one of the principal's. */
  readonly groups?: readonly string[];
  /** Claims of the principal's token. */
  readonly claims?: ClaimConditions;
  /** Who vouches for the principal: an `issuer`, `bearer` for static tokens, `client-certificate`. Needed as soon as there is more than one. */
  readonly issuers?: readonly string[];
}
