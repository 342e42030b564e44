import { ConfigurationError } from '@waxseal/core';
import { asText } from '../options/as-text';
import { asTexts } from '../options/as-texts';
import type { ClaimConditions } from './claim-conditions';

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
