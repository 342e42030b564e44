import { ActivityFailure, ApplicationFailure, proxyActivities } from '@temporalio/workflow';

import type { CountedActivities } from './scene/orders';

export * from '@waxseal/example-order-processing/dist/workflows';

const { declineCard } = proxyActivities<CountedActivities>({
  startToCloseTimeout: '20s',
  retry: { maximumAttempts: 1 },
});

/** What is left of an activity's failure. */
export interface Declined {
  readonly type: string | null | undefined;
  readonly message: string;
}

/** Fails to charge a card, once, and tells what it learnt of the reason. */
export async function DeclinedOrder(card: string): Promise<Declined> {
  try {
    await declineCard(card);
  } catch (error) {
    if (error instanceof ActivityFailure && error.cause instanceof ApplicationFailure) {
      return { type: error.cause.type, message: error.cause.message };
    }
    throw error;
  }
  throw ApplicationFailure.nonRetryable('The card should have been declined.');
}
