import { randomUUID } from 'node:crypto';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';

/** Makes a namespace that no other test uses, so that no other worker takes its tasks. */
export async function ownNamespace(address: string): Promise<string> {
  const namespace = `transport-${randomUUID()}`;
  const connection = await Connection.connect({ address });
  const { workflowService } = connection;
  try {
    await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs('1 day') });
    // A server learns of a new namespace when it next reads the table.
    for (let attempt = 0; attempt < 150; attempt++) {
      const isThere = await workflowService.countWorkflowExecutions({ namespace }).then(
        () => true,
        () => false,
      );
      if (isThere) return namespace;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error(`The namespace ${namespace} did not come up within 30 s.`);
  } finally {
    await connection.close();
  }
}
