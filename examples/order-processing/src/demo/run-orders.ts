import type { CleanUp } from '@waxseal/bring-up';
import type { DemoEnvironment } from './environment';
import { runFailingOrder } from './run-failing-order';
import { runGoodOrder } from './run-good-order';
import type { GoodOrder } from './run-good-order';
import { runSchedule } from './run-schedule';
import { failingOrder, standingOrder } from './sample-orders';

/** What {@link runOrders} leaves behind. */
export interface FinishedOrders {
  readonly good: GoodOrder;
  /** ID of the workflow that failed. */
  readonly failing: string;
  /** ID of the workflow that the schedule started. */
  readonly scheduled: string;
  readonly scheduleId: string;
}

/**
 * Runs three orders at the same time: one that goes well, one whose card is declined, one placed by a
 * schedule.
 *
 * @param suffix - makes the IDs unique on a server that is used more than once
 * @param cleanUp - gets the step that deletes the schedule
 */
export async function runOrders(
  demo: DemoEnvironment,
  suffix: string,
  cleanUp: CleanUp,
): Promise<FinishedOrders> {
  const scheduleId = `standing-order-${suffix}`;
  const [good, failing, scheduled] = await Promise.all([
    runGoodOrder(demo, `order-1001-${suffix}`),
    runFailingOrder(demo, `order-1002-${suffix}`, failingOrder),
    runSchedule(demo, scheduleId, standingOrder, cleanUp),
  ]);
  return { good, failing, scheduled, scheduleId };
}
