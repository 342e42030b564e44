import { setTimeout as sleep } from 'node:timers/promises';

import type { DataKeyOptions } from '@waxseal/core';

import { inGroups } from '../scene/in-groups';
import { pendingFailures } from '../scene/pending-failures';
import type { Scene } from '../scene/scene';

const ORDERS = 6;
/** Past the tiny ages that the faults set. */
const AGE_MS = 3_000;
const STALL_MS = 6_000;

/**
 * Of failed attempts: the example's own; Waxseal's; and what the SDK makes of an activity that it cancels
 * because a heartbeat could not be encoded.
 */
const EXPECTED_TYPES = new Set(['NoAnswer', 'WaxsealKeyServiceUnavailable', 'CancelledFailure']);

/**
 * The course of a fault in which the Worker's data key comes to a limit in the middle of an outage.
 *
 * @param kind `hard`: encoding must stop; `soft`: it must go on
 */
export function pastLimit(dataKeys: DataKeyOptions, kind: 'hard' | 'soft'): (scene: Scene) => Promise<void> {
  return async (scene) => {
    await scene.startWorker(dataKeys);
    const client = await scene.newClient();
    // The Worker reads the client's data key before the outage.
    const before = await scene.orders.place(client, 1, true);
    scene.expect(await scene.orders.haveClosed(before, 20_000), 'the first order did not complete');
    scene.service.proxy.down();
    await sleep(AGE_MS);
    const orders = await scene.orders.place(client, ORDERS, true);
    if (kind === 'soft') {
      scene.expect(
        await scene.orders.haveClosed(orders, 20_000),
        'orders did not complete within the outage',
      );
    } else {
      await sleep(STALL_MS);
      const closed = await scene.orders.closed(orders);
      scene.expect(closed < ORDERS, 'all orders completed: the limit did not hold');
      const ids = orders.flatMap(({ workflowId }) => [workflowId, `${workflowId}-shipping`]);
      const open = (await scene.orders.executions()).filter(({ status }) => status === 'RUNNING');
      const waiting = open.filter(({ workflowId }) => ids.includes(workflowId));
      const failures = await inGroups(waiting, ({ workflowId }) => pendingFailures(scene.stage, workflowId));
      const types = [...new Set(failures.flat().map(({ type }) => type))].sort();
      scene.expect(
        types.every((type) => EXPECTED_TYPES.has(type)),
        `attempts failed with the types ${types.join(', ')}`,
      );
    }
    await scene.end(() => {
      scene.service.proxy.heal();
    });
  };
}
