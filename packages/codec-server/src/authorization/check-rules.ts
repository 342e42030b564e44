import { ConfigurationError } from '@waxseal/core';
import type { Operation } from '../routing';
import { type AccessRule, POLICY_MISSING, type PolicyNames, type PermissionPolicies } from './access-rules';
import type { Grant } from './principal';

/**
 * Checks that a table of rules and what is configured beside it fit together.
 *
 * @param issuers who can vouch for principals of the table
 * @param policies names of the decode policies there are; undefined where there are none
 * @throws ConfigurationError that names the field; also when there are several issuers and a rule does not
 *   say which it means, since one of them could give out the name of another's principal
 */
export function checkRules(
  rules: readonly AccessRule[],
  issuers: ReadonlySet<string>,
  policies: PolicyNames | undefined,
): void {
  for (const [index, rule] of rules.entries()) {
    const field = `authorize[${String(index)}]`;
    checkGrant(rule, field, policies);
    assertIssuers(rule.issuers, issuers, field);
  }
}

function assertIssuers(
  named: readonly string[] | undefined,
  issuers: ReadonlySet<string>,
  field: string,
): void {
  const list = [...issuers].map((issuer) => JSON.stringify(issuer)).join(', ');
  if (named === undefined && issuers.size > 1) {
    throw new ConfigurationError(
      `${field}.issuers is missing: there is more than one issuer (${list}), and each could name a principal as another does. Say which the rule means.`,
    );
  }
  const unknown = named?.find((issuer) => !issuers.has(issuer));
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `${field}.issuers holds ${JSON.stringify(unknown)}, which vouches for nobody this table decides about: ${list === '' ? 'there is none' : `there is ${list}`}.`,
    );
  }
}

/**
 * Checks that a grant names a decode policy where one is needed.
 *
 * @param field where it stands, for messages
 * @param policies names of the decode policies there are; undefined where there are none
 * @throws ConfigurationError that names the field
 */
export function checkGrant(
  { operations, policy }: Grant,
  field: string,
  policies: PolicyNames | undefined,
): void {
  checkPolicyName(policy, `${field}.policy`, operations, policies);
}

const ROLES = ['read', 'write', 'admin'] as const satisfies readonly (keyof PermissionPolicies)[];

/**
 * Checks what the roles of an issuer's permissions claim see.
 *
 * @param at where the issuer stands, for messages
 * @param policies names of the decode policies there are; undefined where there are none
 * @throws ConfigurationError that names the field
 */
export function checkPermissionPolicies(
  {
    permissionsClaim,
    permissionPolicies: given,
  }: {
    readonly permissionsClaim?: string | undefined;
    readonly permissionPolicies?: PermissionPolicies | undefined;
  },
  at: string,
  policies: PolicyNames | undefined,
): void {
  if (permissionsClaim === undefined) return;
  const field = `${at}.permissionPolicies`;
  if (policies === undefined) {
    if (given === undefined) return;
    throw new ConfigurationError(`${field} is given, but there are no policies. Describe them in policies.`);
  }
  if (given === undefined) {
    throw new ConfigurationError(
      `${field} is missing: there are policies, so say what each role sees, such as { "read": "full", "write": "full", "admin": "full" }.`,
    );
  }
  for (const role of ROLES) requirePolicyName(given[role], `${field}.${role}`, policies);
}

/**
 * Checks which decode policy comes with operations.
 *
 * @param names of the policies there are; undefined where there are none
 * @throws ConfigurationError that names the field; also where a value that is masked could be encoded as if
 *   it were the real one
 */
function checkPolicyName(
  name: string | undefined,
  field: string,
  operations: readonly Operation[],
  names: PolicyNames | undefined,
): void {
  if (names === undefined) {
    if (name === undefined) return;
    throw new ConfigurationError(`${field} is given, but there are no policies. Describe it in policies.`);
  }
  if (name === undefined && operations.every((operation) => operation === 'encode')) return;
  const showsAll = requirePolicyName(name, field, names);
  if (!showsAll && operations.includes('encode')) {
    throw new ConfigurationError(
      `${field} is ${JSON.stringify(name)}, which masks, together with encode: what is masked could be sent back as if it were the real value. Allow encode with "full" only.`,
    );
  }
}

/**
 * @returns whether the policy shows everything
 * @throws ConfigurationError unless `name` names one of the decode policies there are
 */
function requirePolicyName(name: string | undefined, field: string, names: PolicyNames): boolean {
  if (name === undefined) {
    throw new ConfigurationError(`${field} ${POLICY_MISSING}`);
  }
  const showsAll = names.get(name);
  if (showsAll !== undefined) return showsAll;
  throw new ConfigurationError(
    `${field} is ${JSON.stringify(name)}; there are ${[...names.keys()].join(', ')}.`,
  );
}
