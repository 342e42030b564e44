import type { SerializationContext } from '@temporalio/common';

/** What Temporal gives a codec for a payload of a workflow. */
export function workflowContext(namespace = 'default', workflowId = 'order-1001'): SerializationContext {
  return { type: 'workflow', namespace, workflowId };
}
