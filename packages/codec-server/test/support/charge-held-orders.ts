import { heartbeat, sleep } from '@temporalio/activity';
import { chargePayment } from '@waxseal/example-order-processing/dist/activities';

/** Pays as the example does, but a payment with this card goes on, with heartbeats, until it is cancelled. */
export function chargeHeldOrders(heldCard: string): typeof chargePayment {
  return async (payment) => {
    while (payment.card.number === heldCard) {
      heartbeat({ authorised: payment.card.number, holder: payment.card.holder });
      await sleep(2_000);
    }
    return chargePayment(payment);
  };
}
