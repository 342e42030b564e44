import { executeChild, proxyActivities } from '@temporalio/workflow';

const { work } = proxyActivities<{ work: () => Promise<string> }>({ startToCloseTimeout: '20s' });

/** An activity of its own, and one of a child. */
export async function traced(): Promise<string> {
  return `${await work()} ${await executeChild(tracedChild)}`;
}

export async function tracedChild(): Promise<string> {
  return work();
}
