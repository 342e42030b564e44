import { ActivityFailure, ApplicationFailure, proxyActivities } from '@temporalio/workflow';

import type { OutageActivities } from './outage-activities';

const { failInAnOutage } = proxyActivities<OutageActivities>({
  startToCloseTimeout: '20s',
  retry: { maximumAttempts: 1 },
});

/** Returns what is left of a failure that could not be encrypted. */
export async function meetsAnOutage(text: string): Promise<unknown> {
  try {
    await failInAnOutage(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof ActivityFailure) || !(error.cause instanceof ApplicationFailure)) throw error;
    const { message, type, details } = error.cause;
    return { message, type, details };
  }
}
