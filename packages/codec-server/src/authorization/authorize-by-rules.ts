import type { Principal } from '../auth/principal';
import type { AccessRequest } from './access-request';
import type { AccessRule } from './access-rule';
import type { Authorize } from './authorize';
import type { Decision } from './decision';
import type { Grant } from './grant';
import { matchesClaims } from './matches-claims';
import { matchesPattern } from './matches-pattern';
import { permits } from './permits';

/**
 * Allows what a rule, the principal's own permissions claim or, for a static token, its own grants allow; denies all else. The
 * decode policies of all that allows it add up.
 *
 * @param rules checked
 */
export function authorizeByRules(rules: readonly AccessRule[]): Authorize {
  return (principal, request) => {
    if (principal.grants !== undefined) {
      return toDecision(principal.grants.filter((grant) => covers(grant, request)));
    }
    return toDecision([
      ...principal.permissions.filter((permission) => permits(permission, request)),
      ...rules.filter((rule) => covers(rule, request) && applies(rule, principal)),
    ]);
  };
}

function toDecision(allowing: readonly Pick<Grant, 'policy'>[]): Decision {
  if (allowing.length === 0) return false;
  const policies = allowing.flatMap(({ policy }) => policy ?? []);
  return policies.length === 0 || { policies };
}

function covers({ namespaces, operations }: Grant, { namespace, operation }: AccessRequest): boolean {
  return operations.includes(operation) && matchesAny(namespaces, [namespace]);
}

function applies({ principals, groups, claims, issuers }: AccessRule, principal: Principal): boolean {
  return (
    (issuers === undefined || issuers.includes(principal.issuer)) &&
    (principals === undefined || matchesAny(principals, [principal.id])) &&
    (groups === undefined || matchesAny(groups, principal.groups)) &&
    (claims === undefined || matchesClaims(claims, principal.claims))
  );
}

function matchesAny(patterns: readonly string[], texts: readonly string[]): boolean {
  return patterns.some((pattern) => texts.some((text) => matchesPattern(pattern, text)));
}
