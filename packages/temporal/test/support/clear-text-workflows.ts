import {
  ApplicationFailure,
  condition,
  defineSignal,
  defineUpdate,
  proxyActivities,
  setHandler,
  sleep,
  startChild,
  upsertMemo,
  upsertSearchAttributes,
} from '@temporalio/workflow';

/** What a workflow does with a text that it was given. */
export type Leak = 'child ID' | 'search attribute' | 'memo key' | 'failure type' | 'summary' | 'activity ID';

export const go = defineSignal('go');
export const ping = defineUpdate<string>('ping');

/** Puts a text into one place, once it is told to. */
export async function leaks(place: Leak, text: string): Promise<string> {
  let isTold = false;
  setHandler(go, () => {
    isTold = true;
  });
  setHandler(ping, () => 'pong');
  await condition(() => isTold);
  switch (place) {
    case 'child ID': {
      const child = await startChild(ends, { workflowId: text });
      await child.result();
      break;
    }
    case 'search attribute':
      upsertSearchAttributes({ CustomerEmail: [text] });
      break;
    case 'memo key':
      upsertMemo({ [text]: 1 });
      break;
    case 'failure type':
      throw ApplicationFailure.create({ type: text, nonRetryable: true });
    case 'activity ID': {
      const { echo } = proxyActivities<{ echo(given: string): Promise<string> }>({
        startToCloseTimeout: '10s',
        activityId: text,
      });
      await echo('x');
      break;
    }
    case 'summary':
      // It is a payload, which is encrypted.
      await sleep(1, { summary: text });
  }
  return 'done';
}

export async function ends(): Promise<void> {
  await Promise.resolve();
}
