import type { SerializationContext } from '@temporalio/common';

import type { ContextMismatch } from '../errors/context-mismatch';
import { NAMESPACE_KEY, WORKFLOW_ID_KEY, type EncryptionContext } from './encryption-context';
import type { NamespaceAliases } from './namespace-aliases';

/** Temporal adds the time of the action to the workflow ID of a run that a schedule starts. */
const SCHEDULED_RUN_SUFFIX = /-\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/**
 * Compares what an envelope records with what Temporal gives at decoding (docs/spec/envelope.md §7). What either side
 * does not have is not compared; an empty string counts as not given.
 *
 * @returns the first fact that differs, or `undefined`
 */
export function findContextMismatch(
  recorded: EncryptionContext,
  serialization: SerializationContext | undefined,
  aliases: NamespaceAliases,
): ContextMismatch | undefined {
  if (serialization === undefined) return undefined;
  const namespace = recorded.get(NAMESPACE_KEY);
  if (namespace !== undefined && serialization.namespace) {
    const expected = serialization.namespace.toWellFormed();
    if (namespace !== expected && !aliases.get(expected)?.has(namespace)) {
      return { field: NAMESPACE_KEY, recorded: namespace, expected };
    }
  }
  const workflowId = recorded.get(WORKFLOW_ID_KEY);
  if (workflowId !== undefined && serialization.workflowId) {
    const expected = serialization.workflowId.toWellFormed();
    if (workflowId !== expected && withoutSuffix(workflowId) !== withoutSuffix(expected)) {
      return { field: WORKFLOW_ID_KEY, recorded: workflowId, expected };
    }
  }
  return undefined;
}

function withoutSuffix(workflowId: string): string {
  return workflowId.replace(SCHEDULED_RUN_SUFFIX, '');
}
