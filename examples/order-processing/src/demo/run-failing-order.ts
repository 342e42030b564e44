import { WorkflowFailedError } from '@temporalio/client';
import type { Order } from '../types';
import { ProcessOrder } from '../workflows';
import type { DemoEnvironment } from './environment';

/**
 * Places an order whose card is declined, and waits until it has failed.
 *
 * @returns the workflow's ID
 * @throws Error when the order does not fail
 */
export async function runFailingOrder(
  { client, taskQueue }: DemoEnvironment,
  workflowId: string,
  order: Order,
): Promise<string> {
  try {
    await client.workflow.execute(ProcessOrder, { workflowId, taskQueue, args: [order] });
  } catch (error) {
    if (error instanceof WorkflowFailedError) {
      return workflowId;
    }
    throw error;
  }
  throw new Error(`${workflowId} should have failed.`);
}
