import { randomInt } from 'node:crypto';
import { activityInfo, heartbeat, sleep } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Item, PaymentCard, Shipment } from './types';

/** The input of {@link chargePayment}. */
export interface Payment {
  readonly card: PaymentCard;
  readonly totalCents: number;
  readonly reservation: string;
}

/** The result of {@link chargePayment}. */
export interface Receipt {
  readonly confirmation: string;
  readonly charged: string;
}

/** The number that payment providers decline, by convention, when they are tested. */
const declinedCard = '4000000000000002';

/** Sets the items aside; a local activity. Returns the number of the reservation. */
export function reserveInventory(items: readonly Item[]): Promise<string> {
  return Promise.resolve(`R-${items.map(({ sku }) => sku).join('+')}-${number()}`);
}

/**
 * Charges the card. The payment provider that this stands for loses its first answer: the activity records
 * the authorisation in its heartbeat, fails, and its second attempt takes up from there.
 */
export async function chargePayment({ card, totalCents }: Payment): Promise<Receipt> {
  const info = activityInfo();
  const authorised: unknown = info.heartbeatDetails;
  if (card.number === declinedCard) {
    throw ApplicationFailure.create({
      type: 'CardDeclined',
      message: `Card ${card.number} of ${card.holder} was declined`,
      nonRetryable: true,
      details: [card],
    });
  }
  if (authorised === undefined) {
    heartbeat({ authorised: card.number, holder: card.holder, totalCents });
    await sleep(500);
  }
  if (info.attempt === 1) {
    throw ApplicationFailure.retryable(`No answer when charging card ${card.number}`, 'NoAnswer');
  }
  return { confirmation: number(), charged: `EUR ${(totalCents / 100).toFixed(2)} to card ${card.number}` };
}

/** Hands the parcel to the carrier. Returns the tracking number. */
export function shipOrder(shipment: Shipment): Promise<string> {
  return Promise.resolve(`${shipment.address.postcode.slice(0, 2)}-${number()}`);
}

function number(): string {
  return String(randomInt(1_000_000, 10_000_000));
}
