import { defineQuery, proxyActivities, setHandler, sleep } from '@temporalio/workflow';

import type { ErrorActivities } from './error-activities';

export const secretQuery = defineQuery<string>('secret');

/** Calls one activity of another Worker, and gives its result. */
export async function callsElsewhere(activity: keyof ErrorActivities, taskQueue: string): Promise<string> {
  const activities = proxyActivities<ErrorActivities>({ taskQueue, startToCloseTimeout: '20s' });
  return activities[activity]('canary-input');
}

/** Answers a query with text until it is terminated. */
export async function answersQueries(): Promise<void> {
  setHandler(secretQuery, () => 'canary-answer');
  await sleep('1h');
}
