import { ApplicationFailure, proxyActivities } from '@temporalio/workflow';

const { fails } = proxyActivities<{ fails(value: string): Promise<void> }>({
  startToCloseTimeout: '30s',
  retry: { maximumAttempts: 1 },
});

/** Fails with the value in message and details, as its activity does before. */
export async function failing(value: string): Promise<void> {
  await fails(value).catch(() => undefined);
  throw ApplicationFailure.create({ message: `It says ${value}`, nonRetryable: true, details: [value] });
}
