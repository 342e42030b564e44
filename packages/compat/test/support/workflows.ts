import {
  ApplicationFailure,
  condition,
  defineSignal,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';

const { echo } = proxyActivities<{ echo(value: string): Promise<string> }>({ startToCloseTimeout: '30s' });

export const tell = defineSignal<[string]>('tell');

/** Passes what it is given and what it is told through an activity; it waits in between. */
export async function order(card: string): Promise<string[]> {
  let told: string | undefined;
  setHandler(tell, (value) => {
    told = value;
  });
  const first = await echo(card);
  await condition(() => told !== undefined);
  return [first, await echo(told ?? '')];
}

/** Fails with the value in message and details. */
// eslint-disable-next-line @typescript-eslint/require-await
export async function failing(value: string): Promise<void> {
  throw ApplicationFailure.create({ message: `It says ${value}`, nonRetryable: true, details: [value] });
}
