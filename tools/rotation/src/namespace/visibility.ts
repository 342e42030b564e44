import type { Client } from '@temporalio/client';
import { waitUntil } from '@waxseal/bring-up';
import { countIndependently } from './independent-count';

/** Waits until visibility counts so many executions. */
export async function waitForVisible(client: Client, query: string, count: number): Promise<void> {
  await waitUntil(async () => (await client.workflow.count(query)).count >= count, { timeoutMs: 60_000 });
}

/** A scan is as of some seconds before it begins. */
const SETTLED_MS = 7_000;

/** Waits until visibility has all, and nothing has closed for some seconds. */
export async function waitUntilCounted(client: Client): Promise<void> {
  let before = '';
  await waitUntil(
    async () => {
      const last = before;
      const counted = await countIndependently(client);
      before = JSON.stringify(counted);
      const closedMs = Math.max(...Object.values(counted.lastClose));
      return before === last && Date.now() - closedMs > SETTLED_MS;
    },
    { timeoutMs: 60_000, intervalMs: 1_000 },
  );
}
