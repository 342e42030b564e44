import type { SerializationContext } from '@temporalio/common';

import type { Binding } from './binding';
import { NAMESPACE_KEY, WORKFLOW_ID_KEY, type EncryptionContext } from './encryption-context';

/**
 * The context to record in an envelope. Empty where Temporal gives none (Nexus, schedule memos, completion by task
 * token), or where a field is empty.
 *
 * Only the namespace and the workflow ID are used: the fields that all SDKs give, alike at both ends.
 */
export function contextForEncoding(
  binding: Binding,
  serialization: SerializationContext | undefined,
): EncryptionContext {
  const context = new Map<string, string>();
  if (binding === 'none' || serialization === undefined) return context;
  const { namespace, workflowId } = serialization;
  if (namespace) context.set(NAMESPACE_KEY, namespace.toWellFormed());
  if (binding === 'workflow' && workflowId) context.set(WORKFLOW_ID_KEY, workflowId.toWellFormed());
  return context;
}
