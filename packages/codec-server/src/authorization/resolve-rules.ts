import { ConfigurationError } from '@waxseal/core';
import { asList, asObject, asTexts, asText } from '../fields';
import type { Operation } from '../routing';
import type { AccessRule, PolicyNames, PermissionPolicies, ClaimConditions } from './access-rules';
import type { Grant } from './principal';

const FIELDS: ReadonlySet<string> = new Set<keyof AccessRule>([
  'principals',
  'groups',
  'claims',
  'issuers',
  'namespaces',
  'operations',
  'policy',
]);

/**
 * Validates a table of rules.
 *
 * @param issuers who can vouch for principals of the table
 * @param policies names of the decode policies there are; undefined where there are none
 * @throws ConfigurationError that names the field; also when there are several issuers and a rule does not
 *   say which it means, since one of them could give out the name of another's principal
 */
export function resolveRules(
  value: unknown,
  issuers: ReadonlySet<string>,
  policies: PolicyNames | undefined,
): readonly AccessRule[] {
  return asList(value, 'authorize').map((entry, index) => {
    const field = `authorize[${String(index)}]`;
    const given = asObject(entry, field, FIELDS);
    const texts = (name: 'principals' | 'groups' | 'issuers') =>
      given[name] === undefined ? {} : { [name]: asTexts(given[name], `${field}.${name}`) };
    const rule: AccessRule = {
      ...resolveGrant(given, field, policies),
      ...texts('principals'),
      ...texts('groups'),
      ...texts('issuers'),
      ...(given['claims'] === undefined
        ? {}
        : { claims: resolveClaimConditions(given['claims'], `${field}.claims`) }),
    };
    if (rule.principals === undefined && rule.groups === undefined && rule.claims === undefined) {
      throw new ConfigurationError(
        `${field} does not say who: give principals, groups or claims. ["*"] for principals means everybody who is authenticated.`,
      );
    }
    assertIssuers(rule.issuers, issuers, field);
    return rule;
  });
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

const OPERATIONS = ['decode', 'encode', 'download'] as const satisfies readonly Operation[];

/**
 * @param policies names of the decode policies there are; undefined where there are none
 * @throws ConfigurationError unless namespaces, operations and the policy are named
 */
export function resolveGrant(
  given: Readonly<Record<string, unknown>>,
  field: string,
  policies: PolicyNames | undefined,
): Grant {
  const namespaces = asTexts(given['namespaces'], `${field}.namespaces`);
  const operations = asTexts(given['operations'], `${field}.operations`).map((name) => {
    const operation = OPERATIONS.find((known) => known === name);
    if (operation === undefined) {
      throw new ConfigurationError(
        `${field}.operations holds ${JSON.stringify(name)}; there are ${OPERATIONS.join(', ')}.`,
      );
    }
    return operation;
  });
  const policy = resolvePolicyName(given['policy'], `${field}.policy`, operations, policies);
  return { namespaces, operations, ...(policy === undefined ? {} : { policy }) };
}

const ROLES = ['read', 'write', 'admin'] as const satisfies readonly (keyof PermissionPolicies)[];

/**
 * Checks what the roles of a permissions claim see.
 *
 * @param policies names of the decode policies there are; undefined where there are none
 * @returns undefined where there are no policies
 * @throws ConfigurationError that names the field
 */
export function resolvePermissionPolicies(
  value: unknown,
  field: string,
  policies: PolicyNames | undefined,
): PermissionPolicies | undefined {
  if (policies === undefined) {
    if (value === undefined) return undefined;
    throw new ConfigurationError(`${field} is given, but there are no policies. Describe them in policies.`);
  }
  if (value === undefined) {
    throw new ConfigurationError(
      `${field} is missing: there are policies, so say what each role sees, such as { "read": "full", "write": "full", "admin": "full" }.`,
    );
  }
  const given = asObject(value, field, new Set(ROLES));
  const policyOf = (role: (typeof ROLES)[number]) =>
    requirePolicyName(given[role], `${field}.${role}`, policies);
  return { read: policyOf('read'), write: policyOf('write'), admin: policyOf('admin') };
}

/**
 * Checks which decode policy comes with operations.
 *
 * @param value as it was given
 * @param names of the policies there are; undefined where there are none
 * @returns undefined where none is needed
 * @throws ConfigurationError that names the field; also where a value that is masked could be encoded as if
 *   it were the real one
 */
function resolvePolicyName(
  value: unknown,
  field: string,
  operations: readonly Operation[],
  names: PolicyNames | undefined,
): string | undefined {
  if (names === undefined) {
    if (value === undefined) return undefined;
    throw new ConfigurationError(`${field} is given, but there are no policies. Describe it in policies.`);
  }
  if (value === undefined && operations.every((operation) => operation === 'encode')) return undefined;
  const name = requirePolicyName(value, field, names);
  if (names.get(name) !== true && operations.includes('encode')) {
    throw new ConfigurationError(
      `${field} is ${JSON.stringify(name)}, which masks, together with encode: what is masked could be sent back as if it were the real value. Allow encode with "full" only.`,
    );
  }
  return name;
}

/** @throws ConfigurationError unless `value` names one of the decode policies there are */
function requirePolicyName(value: unknown, field: string, names: PolicyNames): string {
  if (value === undefined) {
    throw new ConfigurationError(
      `${field} is missing: there are policies, so say which one holds here, or "full".`,
    );
  }
  const name = asText(value, field);
  if (names.has(name)) return name;
  throw new ConfigurationError(
    `${field} is ${JSON.stringify(name)}; there are ${[...names.keys()].join(', ')}.`,
  );
}

/** @throws ConfigurationError unless `value` names one or more claims, each with a pattern or several */
export function resolveClaimConditions(value: unknown, field: string): ClaimConditions {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ConfigurationError(
      `${field} must be an object of claims, such as { "email": "*@example.com" }.`,
    );
  }
  const entries = Object.entries(value as Record<string, unknown>);
  if (entries.length === 0) throw new ConfigurationError(`${field} must name a claim.`);
  // fromEntries defines properties, so that a claim named __proto__ stays a claim.
  return Object.fromEntries(
    entries.map(([name, patterns]) => {
      const at = `${field}[${JSON.stringify(asText(name, field))}]`;
      return [name, typeof patterns === 'string' ? asText(patterns, at) : asTexts(patterns, at)];
    }),
  );
}
