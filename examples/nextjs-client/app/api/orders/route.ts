import { randomUUID } from 'node:crypto';
import { temporalClient } from '../../../lib/temporal';

/** Starts a workflow for an order, and answers its ID. Temporal gets the order in an envelope. */
export async function POST(request: Request): Promise<Response> {
  const order: unknown = await request.json();
  const client = await temporalClient();
  const workflowId = `order-${randomUUID()}`;
  await client.workflow.start('order', { workflowId, taskQueue: 'orders', args: [order] });
  return Response.json({ workflowId }, { status: 201 });
}
