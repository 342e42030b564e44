import {
  ApplicationFailure,
  condition,
  continueAsNew,
  defineSignal,
  proxyActivities,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import type { RotationActivities } from './activities';

export * from '@waxseal/example-order-processing/dist/workflows';

const { holdCard } = proxyActivities<RotationActivities>({
  startToCloseTimeout: '1 hour',
  heartbeatTimeout: '1 hour',
});

/** Ends a {@link Waiting}. */
export const finish = defineSignal<[string]>('finish');

/** Continues as new so many times: memo and headers go along. */
export async function Chain(left: number, note: string): Promise<string> {
  if (left > 0) await continueAsNew<typeof Chain>(left - 1, note);
  return note;
}

/** Fails, so that Temporal copies its input to the next attempt of the workflow. */
export function Failing(note: string): Promise<string> {
  const message = `attempt ${String(workflowInfo().attempt)} of ${note}`;
  return Promise.reject(ApplicationFailure.create({ message, details: [note] }));
}

/** Gives what the run before gave, by which Temporal copies it to the next. */
export function Repeating(note: string): Promise<string> {
  return Promise.resolve(note);
}

/** Holds a card in an activity that is under way, and waits. */
export async function Waiting(note: string): Promise<string> {
  let reason: string | undefined;
  setHandler(finish, (given) => {
    reason = given;
  });
  upsertMemo({ held: note });
  holdCard(note).catch(() => undefined);
  await condition(() => reason !== undefined);
  return note;
}
