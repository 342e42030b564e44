import { ActivityFailure, ApplicationFailure, proxyActivities } from '@temporalio/workflow';

const { declines } = proxyActivities<{ declines(): Promise<void> }>({ startToCloseTimeout: '20s' });

/** Hands on what it gets to read of an activity's error. */
export async function handsOn(): Promise<void> {
  const error: unknown = await declines().catch((caught: unknown) => caught);
  if (!(error instanceof ActivityFailure) || !(error.cause instanceof ApplicationFailure)) throw error;
  const { message, details } = error.cause;
  throw ApplicationFailure.nonRetryable(`read: ${message} ${JSON.stringify(details)}`);
}
