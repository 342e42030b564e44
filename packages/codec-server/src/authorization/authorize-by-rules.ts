import type { Operation } from '../routing';
import type {
  AccessRequest,
  AccessRule,
  Authorize,
  ClaimConditions,
  Decision,
  PermissionPolicies,
} from './access-rules';
import type { Grant, NamespacePermission, Principal } from './principal';

/**
 * Allows what a rule, the principal's own permissions claim or, for a static token, its own grants allow;
 * denies all else. The decode policies of all that allows it add up.
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

/**
 * Whether claims fulfil every condition. Only a claim that the token itself has counts, never one that
 * objects inherit.
 */
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

/**
 * Whether `text` is what `pattern` describes: `*` stands for any characters, also none, and everything else
 * for itself. Takes time in proportion to the text, whatever the pattern.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  if (!pattern.includes('*')) return text === pattern;
  const parts = pattern.split('*');
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  const end = text.length - last.length;
  if (!text.startsWith(first) || !text.endsWith(last) || end < first.length) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

/**
 * Whether a token says of its address anything but that its issuer has verified it: anybody may have typed it
 * in. Some issuers, Apple among them, write the claim as a text.
 */
export function hasUnverifiedEmail(claims: Readonly<Record<string, unknown>>): boolean {
  const verified = claims['email_verified'];
  return verified !== undefined && verified !== true && verified !== 'true';
}

const ENTRY = /^(?<namespace>[^:]+):(?<role>read|write|worker|admin)$/i;

/** Longer ones give nothing, so that the operator's expression is not run on them. */
const MAX_CHARACTERS = 2_000;

/**
 * Reads a permissions claim as Temporal's default claim mapper does
 * (`common/authorization/default_jwt_claim_mapper.go`): an array of `namespace:role`, roles in any case. What
 * does not look like that gives no right.
 *
 * @param entryPattern with the groups `namespace` and `role`
 * @param policies what each role sees; undefined where that is everything
 */
export function parsePermissions(
  claim: unknown,
  entryPattern: RegExp = ENTRY,
  policies?: PermissionPolicies,
): readonly NamespacePermission[] {
  const entries: readonly unknown[] = Array.isArray(claim) ? claim : [];
  return entries.flatMap((entry) => {
    if (typeof entry !== 'string' || entry.length > MAX_CHARACTERS) return [];
    const { namespace = '', role = '' } = entryPattern.exec(entry)?.groups ?? {};
    const known = role.toLowerCase();
    if (namespace === '' || !isRole(known)) return [];
    const policy = known === 'worker' ? undefined : policies?.[known];
    return [{ namespace, role: known, ...(policy === undefined ? {} : { policy }) }];
  });
}

function isRole(role: string): role is NamespacePermission['role'] {
  return role === 'read' || role === 'write' || role === 'worker' || role === 'admin';
}

// The namespace that makes a role one of the whole cluster in Temporal's claim mapper
// (primitives.SystemLocalNamespace).
const EVERY_NAMESPACE = 'temporal-system';

const OPERATIONS: Readonly<Record<NamespacePermission['role'], readonly Operation[]>> = {
  read: ['decode', 'download'],
  write: ['decode', 'download', 'encode'],
  admin: ['decode', 'download', 'encode'],
  worker: [],
};

/** Whether a role allows what is asked for. */
export function permits(permission: NamespacePermission, { namespace, operation }: AccessRequest): boolean {
  return (
    (permission.namespace === namespace || permission.namespace === EVERY_NAMESPACE) &&
    OPERATIONS[permission.role].includes(operation)
  );
}
