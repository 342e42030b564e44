// Places one order and prints what becomes of it.
import { randomUUID } from 'node:crypto';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { createClient } from './create-client';
import { createEnvelopePlugin } from './create-envelope-plugin';
import { goodOrder, goodOrderNote } from './demo/sample-orders';
import { addDeliveryNote, orderStatus } from './messages';
import { taskQueue } from './task-queue';
import { ProcessOrder } from './workflows';

async function main(): Promise<void> {
  const client = await createClient(loadClientConnectConfig(), await createEnvelopePlugin());
  const order = await client.workflow.start(ProcessOrder, {
    workflowId: `order-${randomUUID()}`,
    taskQueue,
    args: [goodOrder],
    memo: { customer: goodOrder.customer.name },
  });
  console.log(order.workflowId, await order.query(orderStatus));
  await order.signal(addDeliveryNote, goodOrderNote);
  console.log(await order.result());
  await client.connection.close();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
