import {
  condition,
  continueAsNew,
  defineSignal,
  makeContinueAsNewFunc,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';

const moveOn = defineSignal('moveOn');

/** Waits, and goes on as new when it is told to: input and memo are sealed anew. */
export async function order(state: string): Promise<void> {
  await untilMovedOn();
  const { memo = {} } = workflowInfo();
  await makeContinueAsNewFunc<typeof order>({ memo })(state);
}

/** Leaves its memo to Temporal, which takes the bytes over as they are. */
export async function careless(state: string): Promise<void> {
  await untilMovedOn();
  await continueAsNew<typeof careless>(state);
}

async function untilMovedOn(): Promise<void> {
  let isToMoveOn = false;
  setHandler(moveOn, () => {
    isToMoveOn = true;
  });
  await condition(() => isToMoveOn);
}
