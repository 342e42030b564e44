import { ConfigurationError } from '@waxseal/core';
import { asObject } from '../options/as-object';
import type { PermissionPolicies } from './permission-policies';
import type { PolicyNames } from './policy-names';
import { requirePolicyName } from './require-policy-name';

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
