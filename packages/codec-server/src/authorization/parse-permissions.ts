import type { NamespacePermission } from './namespace-permission';

const ENTRY = /^([^:]+):(read|write|worker|admin)$/i;

/**
 * Reads a permissions claim as Temporal's default claim mapper does (`common/authorization/default_jwt_claim_mapper.go`): an
 * array of `namespace:role`, roles in any case. What does not look like that gives nobody anything.
 */
export function parsePermissions(claim: unknown): readonly NamespacePermission[] {
  const entries: readonly unknown[] = Array.isArray(claim) ? claim : [];
  return entries.flatMap((entry) => {
    const [, namespace = '', role = ''] = (typeof entry === 'string' ? ENTRY.exec(entry) : null) ?? [];
    return isRole(role.toLowerCase())
      ? [{ namespace, role: role.toLowerCase() as NamespacePermission['role'] }]
      : [];
  });
}

function isRole(role: string): role is NamespacePermission['role'] {
  return role === 'read' || role === 'write' || role === 'worker' || role === 'admin';
}
