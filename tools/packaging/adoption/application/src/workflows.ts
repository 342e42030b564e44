import { proxyActivities } from '@temporalio/workflow';
import type * as activities from './activities';

const { charge } = proxyActivities<typeof activities>({ startToCloseTimeout: '10 seconds' });

export async function order(card: string): Promise<string> {
  return charge(card);
}
