import {
  createNexusServiceClient,
  defineQuery,
  defineUpdate,
  proxyActivities,
  setHandler,
  sleep,
} from '@temporalio/workflow';

import type { ErrorActivities } from './error-activities';
import { vaultService } from './messages';

export const secretQuery = defineQuery<string>('secret');
export const secretUpdate = defineUpdate<string>('secretly');

/** Calls one activity of another Worker, and gives its result. */
export async function callsElsewhere(activity: keyof ErrorActivities, taskQueue: string): Promise<string> {
  const activities = proxyActivities<ErrorActivities>({
    taskQueue,
    startToCloseTimeout: '20s',
    heartbeatTimeout: '10s',
  });
  return activities[activity]('canary-input');
}

/** Calls an operation of another Worker, and gives its result. */
export async function callsNexus(endpoint: string): Promise<string> {
  const vault = createNexusServiceClient({ service: vaultService, endpoint });
  return vault.executeOperation('echo', 'canary-input', { scheduleToCloseTimeout: '60s' });
}

/** Answers a query with text until it is terminated. */
export async function answersQueries(): Promise<void> {
  setHandler(secretQuery, () => 'canary-answer');
  setHandler(secretUpdate, () => 'canary-update');
  await sleep('1h');
}
