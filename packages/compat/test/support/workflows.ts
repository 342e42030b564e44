import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';

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

export const note = defineSignal<[unknown]>('note');

/** Passes what it is given through an activity, and gives it back with the notes that it was told. */
export async function ledger(first: string, count: number): Promise<unknown[]> {
  const notes: unknown[] = [];
  setHandler(note, (value) => {
    notes.push(value);
  });
  await condition(() => notes.length === count);
  return [await echo(first), ...notes];
}
