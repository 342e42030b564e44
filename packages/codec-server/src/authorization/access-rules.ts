import { z } from 'zod';
import { both, options, record, text, texts } from '../fields';
import type { Operation } from '../routing';
import { GrantFields, type Principal } from './principal';

/** What a principal asks for. */
export interface AccessRequest {
  readonly namespace: string;
  readonly operation: Operation;
  /** The value of `X-Request-Id` in the answer. */
  readonly requestId: string;
}

/** Fields of {@link AccessRule} beside those of a grant. */
export class AccessRuleFields {
  /** Patterns of principals; one must match. `['*']` means everybody who is authenticated. */
  readonly principals = texts().optional();

  /** Patterns of groups; one must match one of the principal's. */
  readonly groups = texts().optional();

  /** Claims of the principal's token. */
  readonly claims = claimConditions().optional();

  /**
   * Who vouches for the principal: an `issuer`, `bearer` for static tokens, `client-certificate`. Needed as
   * soon as there is more than one.
   */
  readonly issuers = texts().optional();
}

/** What {@link AccessRule} is checked by. */
export const ACCESS_RULE = options(both(new GrantFields(), new AccessRuleFields())).refine(
  ({ principals, groups, claims }) =>
    principals !== undefined || groups !== undefined || claims !== undefined,
  'does not say who: give principals, groups or claims. ["*"] for principals means everybody who is authenticated.',
);

/**
 * Lets principals do something. All conditions that are given must hold, and one of `principals`, `groups`
 * and `claims` must be given. In patterns `*` stands for any characters; everything else is compared exactly.
 */
export interface AccessRule extends z.input<typeof ACCESS_RULE> {}

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

export const POLICY_MISSING = 'is missing: there are policies, so say which one holds here, or "full".';

/** What {@link PermissionPolicies} are checked by. */
export const PERMISSION_POLICIES = options({
  read: text(POLICY_MISSING),
  write: text(POLICY_MISSING),
  admin: text(POLICY_MISSING),
});

/**
 * Names of decode policies, or `full`, by role of a permissions claim. Masked roles are not to encode:
 * `write` and `admin` need a policy that shows everything to do so.
 */
export interface PermissionPolicies extends z.input<typeof PERMISSION_POLICIES> {}

/** Names of the decode policies there are, and whether each shows everything. */
export type PolicyNames = ReadonlyMap<string, boolean>;

/**
 * Claims that a token must have, each with the patterns of which one must match its value. `*` in a pattern
 * stands for any characters. Of a claim that is a list, one element must match. A claim `email` does not
 * count in a token that says `email_verified: false`, or anything else but `true`.
 */
export type ClaimConditions = Readonly<Record<string, string | readonly string[]>>;

/** Checks {@link ClaimConditions}. */
export function claimConditions() {
  return record(
    z.union([text(), texts()], 'must be a pattern, or an array of patterns.'),
    'must be an object of claims, such as { "email": "*@example.com" }.',
  ).refine((claims) => Object.keys(claims).length > 0, 'must name a claim.');
}
