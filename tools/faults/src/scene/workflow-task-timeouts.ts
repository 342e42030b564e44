import { temporal } from '@temporalio/proto';

import type { OrderHandle } from './orders';

const START_TO_CLOSE = temporal.api.enums.v1.TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE;

/** How many workflow tasks of an order a Worker took and did not answer in time. */
export async function workflowTaskTimeouts(order: OrderHandle): Promise<number> {
  const { events } = await order.fetchHistory();
  const timeouts = (events ?? []).filter(
    ({ workflowTaskTimedOutEventAttributes: timeout }) => timeout?.timeoutType === START_TO_CLOSE,
  );
  return timeouts.length;
}
