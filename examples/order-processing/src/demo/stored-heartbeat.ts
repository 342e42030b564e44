import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';

/**
 * Asks the server until an activity of the workflow has sent a heartbeat, for ten seconds at most.
 *
 * @returns its details, undecoded; `undefined` when none came
 */
export async function storedHeartbeat(client: Client, workflowId: string): Promise<Payload | undefined> {
  const request = { namespace: client.options.namespace, execution: { workflowId } };
  for (let attempt = 0; attempt < 200; attempt++) {
    const { pendingActivities } = await client.workflowService.describeWorkflowExecution(request);
    const payload = pendingActivities[0]?.heartbeatDetails?.payloads?.[0];
    if (payload) {
      return payload;
    }
    await sleep(50);
  }
  return undefined;
}
