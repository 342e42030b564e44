import { ConfigurationError } from '@waxseal/core';
import type { Operation } from '../routing/operation';
import type { PolicyNames } from './policy-names';
import { requirePolicyName } from './require-policy-name';

/**
 * Checks which decode policy comes with operations.
 *
 * @param value as it was given
 * @param names of the policies there are; undefined where there are none
 * @returns undefined where none is needed
 * @throws ConfigurationError that names the field; also where a value that is masked could be encoded as if it were the real one
 */
export function resolvePolicyName(
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
