import type { Operation } from '../routing';
import type { PermissionPolicies, AccessRequest } from './access-rules';
import type { NamespacePermission } from './principal';

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
