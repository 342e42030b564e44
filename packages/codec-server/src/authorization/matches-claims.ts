import type { ClaimConditions } from '../auth/claim-conditions';
import { hasUnverifiedEmail } from '../auth/has-unverified-email';
import { matchesPattern } from './matches-pattern';

/** Whether claims fulfil every condition. Only a claim that the token itself has counts, never one that objects inherit. */
export function matchesClaims(
  conditions: ClaimConditions,
  claims: Readonly<Record<string, unknown>>,
): boolean {
  return Object.entries(conditions).every(([name, patterns]) => {
    if (!Object.hasOwn(claims, name)) return false;
    if (name === 'email' && hasUnverifiedEmail(claims)) return false;
    const texts = textsOf(claims[name]);
    return [patterns].flat().some((pattern) => texts.some((text) => matchesPattern(pattern, text)));
  });
}

function textsOf(value: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.flatMap((entry) =>
    typeof entry === 'string' || typeof entry === 'number' || typeof entry === 'boolean'
      ? [String(entry)]
      : [],
  );
}
