import { ApplicationFailure, proxyActivities, sleep } from '@temporalio/workflow';

const { echoActivity } = proxyActivities<{ echoActivity(value: string): Promise<string> }>({
  startToCloseTimeout: '30s',
});

/** Passes a value through an activity, and over a task. */
export async function echo(value: string): Promise<string> {
  const passed = await echoActivity(value);
  await sleep(1);
  return passed;
}

/** Fails with the value in message and details. */
export async function failing(value: string): Promise<void> {
  await sleep(1);
  throw ApplicationFailure.create({ message: `It says ${value}`, nonRetryable: true, details: [value] });
}
