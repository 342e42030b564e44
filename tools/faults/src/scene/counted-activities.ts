import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import * as activities from '@waxseal/example-order-processing/dist/activities';

import type { Gates } from './gates';
import type { Ledger } from './ledger';

/** The example's activities, and one that declines a card. */
export type CountedActivities = typeof activities & {
  readonly declineCard: (card: string) => Promise<void>;
};

/**
 * The example's activities, with their side effects booked: `reserve`, `authorise`, `charge` and `ship`.
 *
 * @param gates where they can be made to wait, before and after an effect
 */
export function countedActivities(ledger: Ledger, gates: Gates): CountedActivities {
  const counted =
    <A extends readonly unknown[], R>(effect: string, body: (...parameters: A) => Promise<R>) =>
    async (...parameters: A): Promise<R> => {
      await gates.pass(`before ${effect}`);
      const result = await body(...parameters);
      ledger.add(orderOfActivity(), effect);
      await gates.pass(`after ${effect}`);
      return result;
    };
  const charge = counted('charge', activities.chargePayment);
  return {
    reserveInventory: counted('reserve', activities.reserveInventory),
    shipOrder: counted('ship', activities.shipOrder),
    chargePayment: (payment) => {
      // The example authorises once, and remembers that in its heartbeat.
      if (activityInfo().heartbeatDetails === undefined) ledger.add(orderOfActivity(), 'authorise');
      return charge(payment);
    },
    declineCard: async (card) => {
      ledger.add(orderOfActivity(), 'decline');
      await gates.pass('after decline');
      throw ApplicationFailure.nonRetryable(`Card ${card} was declined`, 'CardDeclined', { card });
    },
  };
}

function orderOfActivity(): string {
  return (activityInfo().workflowExecution?.workflowId ?? '').replace(/-shipping$/, '');
}
