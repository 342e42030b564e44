import type { Operation } from '../routing';
import type { Grant, Principal } from './principal';

/** What a principal asks for. */
export interface AccessRequest {
  readonly namespace: string;
  readonly operation: Operation;
  /** The value of `X-Request-Id` in the answer. */
  readonly requestId: string;
}

/**
 * Lets principals do something. All conditions that are given must hold, and one of `principals`, `groups`
 * and `claims` must be given. In patterns `*` stands for any characters; everything else is compared exactly.
 */
export interface AccessRule extends Grant {
  /** Patterns of principals; one must match. `['*']` means everybody who is authenticated. */
  readonly principals?: readonly string[];
  /** Patterns of groups; one must match one of the principal's. */
  readonly groups?: readonly string[];
  /** Claims of the principal's token. */
  readonly claims?: ClaimConditions;
  /**
   * Who vouches for the principal: an `issuer`, `bearer` for static tokens, `client-certificate`. Needed as
   * soon as there is more than one.
   */
  readonly issuers?: readonly string[];
}

/**
 * Whether a principal may do what it asks for, and what it then sees. When it throws or rejects, the answer
 * is 503.
 */
export type Authorize = (principal: Principal, request: AccessRequest) => Decision | Promise<Decision>;

/**
 * What an `authorize` function says. `true` allows the operation, with all that decoding shows; an object
 * allows it too, and names the decode policies whose union is shown. Names that are not configured add
 * nothing. Anything else refuses.
 */
export type Decision = boolean | { readonly policies: readonly string[] };

/**
 * Names of decode policies, or `full`, by role of a permissions claim. Masked roles are not to encode:
 * `write` and `admin` need a policy that shows everything to do so.
 */
export interface PermissionPolicies {
  readonly read: string;
  readonly write: string;
  readonly admin: string;
}

/** Names of the decode policies there are, and whether each shows everything. */
export type PolicyNames = ReadonlyMap<string, boolean>;

/**
 * Claims that a token must have, each with the patterns of which one must match its value. `*` in a pattern
 * stands for any characters. Of a claim that is a list, one element must match. A claim `email` does not
 * count in a token that says `email_verified: false`, or anything else but `true`.
 */
export type ClaimConditions = Readonly<Record<string, string | readonly string[]>>;
