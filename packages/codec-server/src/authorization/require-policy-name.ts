import { ConfigurationError } from '@waxseal/core';
import { asText } from '../options/as-text';
import type { PolicyNames } from './policy-names';

/** @throws ConfigurationError unless `value` names one of the decode policies there are */
export function requirePolicyName(value: unknown, field: string, names: PolicyNames): string {
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
