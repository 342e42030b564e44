import type { CleanUp } from '@waxseal/bring-up';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Order } from '../types';
import { ProcessOrder } from '../workflows';
import type { DemoEnvironment } from './environment';

/**
 * Makes a schedule that places an order every thirty days, lets it do so at once, and waits for that order.
 *
 * @param cleanUp - gets the step that deletes the schedule
 * @returns the ID of the workflow that the schedule started
 */
export async function runSchedule(
  { client, taskQueue }: DemoEnvironment,
  scheduleId: string,
  order: Order,
  cleanUp: CleanUp,
): Promise<string> {
  const schedule = await client.schedule.create({
    scheduleId,
    spec: { intervals: [{ every: '30 days' }] },
    action: {
      type: 'startWorkflow',
      workflowType: ProcessOrder,
      workflowId: scheduleId,
      taskQueue,
      args: [order],
    },
    memo: { customer: order.customer.name },
  });
  cleanUp.add(() => schedule.delete());
  await schedule.trigger();
  for (;;) {
    const { info } = await schedule.describe();
    const started = info.recentActions[0]?.action;
    if (started?.type === 'startWorkflow') {
      await client.workflow.getHandle(started.workflow.workflowId).result();
      return started.workflow.workflowId;
    }
    await sleep(100);
  }
}
