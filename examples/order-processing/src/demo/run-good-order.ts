import type { Payload } from '@temporalio/common';
import { addDeliveryNote, changeAddress } from '../messages';
import { ProcessOrder } from '../workflows';
import type { DemoEnvironment } from './environment';
import { goodOrder, goodOrderNote, newAddress } from './sample-orders';
import { storedHeartbeat } from './stored-heartbeat';

/** An order that went well. */
export interface GoodOrder {
  readonly workflowId: string;
  /** What the workflow returned, decrypted by the client. */
  readonly result: string;
  /** Heartbeat details as they lay on the server while an activity waited for its second attempt. */
  readonly heartbeat: Payload | undefined;
}

/**
 * Places an order, changes its address with an update, releases it with a signal, and waits for the parcel.
 */
export async function runGoodOrder(
  { client, taskQueue }: DemoEnvironment,
  workflowId: string,
): Promise<GoodOrder> {
  const order = await client.workflow.start(ProcessOrder, {
    workflowId,
    taskQueue,
    args: [goodOrder],
    memo: { customer: goodOrder.customer.name },
  });
  const heartbeat = await storedHeartbeat(client, workflowId);
  await order.executeUpdate(changeAddress, { args: [newAddress] });
  await order.signal(addDeliveryNote, goodOrderNote);
  return { workflowId, result: await order.result(), heartbeat };
}
