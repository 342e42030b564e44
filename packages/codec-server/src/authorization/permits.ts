import type { Operation } from '../routing/operation';
import type { AccessRequest } from './access-request';
import type { NamespacePermission } from './namespace-permission';

// The namespace that makes a role one of the whole cluster in Temporal's claim mapper (primitives.SystemLocalNamespace).
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
