import { randomUUID } from 'node:crypto';
import { Connection } from '@temporalio/client';
import type { Duration } from '@temporalio/common';
import { msToTs } from '@temporalio/common/lib/time';
import { waitUntil } from '@waxseal/bring-up';

/** Makes a namespace, and waits until the server knows it: it does when it next reads the table. */
export async function makeNamespace(
  { workflowService }: Connection,
  namespace: string,
  retention: Duration = '1 day',
): Promise<void> {
  await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs(retention) });
  const isThere = (): Promise<boolean> =>
    workflowService.countWorkflowExecutions({ namespace }).then(
      () => true,
      () => false,
    );
  await waitUntil(isThere, { intervalMs: 200 });
}

/** Makes a namespace that no other test uses, so that no other worker takes its tasks. */
export async function ownNamespace(address: string): Promise<string> {
  const namespace = `transport-${randomUUID()}`;
  const connection = await Connection.connect({ address });
  try {
    await makeNamespace(connection, namespace);
    return namespace;
  } finally {
    await connection.close();
  }
}
