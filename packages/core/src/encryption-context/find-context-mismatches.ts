import type { SerializationContext } from '@temporalio/common';

import type { ContextMismatch } from '../errors/context-mismatch';
import { NAMESPACE_KEY, WORKFLOW_ID_KEY, type EncryptionContext } from './encryption-context';
import type { NamespaceAliases } from './namespace-aliases';

/** Temporal adds the time of the action to the workflow ID of a run that a schedule starts. */
const SCHEDULED_RUN_SUFFIX = /-\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/**
 * Compares what an envelope records with what Temporal gives at decoding (docs/spec/envelope.md §7). What the envelope does
 * not record, and what Temporal does not give or gives as an empty string, is not compared.
 *
 * @returns the facts that differ: none, one or two
 */
export function findContextMismatches(
  recorded: EncryptionContext,
  serialization: SerializationContext | undefined,
  aliases: NamespaceAliases,
): readonly ContextMismatch[] {
  if (serialization === undefined) return [];
  const mismatches: ContextMismatch[] = [];
  const namespace = recorded.get(NAMESPACE_KEY);
  if (namespace !== undefined && serialization.namespace) {
    const expected = serialization.namespace.toWellFormed();
    if (namespace !== expected && !aliases.get(expected)?.has(namespace)) {
      mismatches.push({ field: NAMESPACE_KEY, recorded: namespace, expected });
    }
  }
  const workflowId = recorded.get(WORKFLOW_ID_KEY);
  if (workflowId !== undefined && serialization.workflowId) {
    const expected = serialization.workflowId.toWellFormed();
    if (workflowId !== expected && withoutSuffix(workflowId) !== withoutSuffix(expected)) {
      mismatches.push({ field: WORKFLOW_ID_KEY, recorded: workflowId, expected });
    }
  }
  return mismatches;
}

function withoutSuffix(workflowId: string): string {
  return workflowId.replace(SCHEDULED_RUN_SUFFIX, '');
}
