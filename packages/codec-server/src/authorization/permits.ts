import type { Operation } from '../routing/operation';
import type { NamespacePermission } from './namespace-permission';

// The namespace that makes a role one of the whole cluster in Temporal's claim mapper (primitives.SystemLocalNamespace).
const EVERY_NAMESPACE = 'temporal-system';

const OPERATIONS: Readonly<Record<NamespacePermission['role'], readonly Operation[]>> = {
  read: ['decode', 'download'],
  write: ['decode', 'download', 'encode'],
  admin: ['decode', 'download', 'encode'],
  worker: [],
};

/** Whether one of the roles allows an operation in a namespace. */
export function permits(
  permissions: readonly NamespacePermission[],
  namespace: string,
  operation: Operation,
): boolean {
  return permissions.some(
    (permission) =>
      (permission.namespace === namespace || permission.namespace === EVERY_NAMESPACE) &&
      OPERATIONS[permission.role].includes(operation),
  );
}
