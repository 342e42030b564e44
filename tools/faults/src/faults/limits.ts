import { setTimeout as sleep } from 'node:timers/promises';
import type { DataKeyOptions } from '@waxseal/core';
import type { Fault } from '../fault';
import { pendingFailures } from '../scene/executions';
import { inGroups } from '../scene/in-groups';
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
function pastLimit(dataKeys: DataKeyOptions, kind: 'hard' | 'soft'): (scene: Scene) => Promise<void> {
  return async (scene) => {
    await scene.startWorker(dataKeys);
    const client = await scene.newClient();
    // The Worker reads the client's data key before the outage.
    const before = await scene.orders.place(client, 1, true);
    scene.expect(await scene.orders.haveClosed(before, 60_000), 'the first order did not complete');
    scene.service.proxy.down();
    await sleep(AGE_MS);
    const orders = await scene.orders.place(client, ORDERS, true);
    if (kind === 'soft') {
      scene.expect(
        await scene.orders.haveClosed(orders, 60_000),
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

/** Why side effects are repeated where a hard limit is passed. */
export const PAST_LIMIT_REPEATS: NonNullable<Fault['repeats']> = {
  atMost: 6,
  why: 'an activity that ends past the limit cannot hand over its result, so Temporal runs it again',
};

/** Data key past `maxAge` in an outage. */
export const pastMaxAge: Fault = {
  id: 'past-max-age',
  title: 'Data key past `maxAge` in an outage',
  services: ['AWS KMS (double)', 'OpenBao'],
  begins: 'Connections are reset; the data key passes a `maxAge` of 1 s.',
  ends: 'Connections are taken again.',
  expected: 'Encoding goes on under the old data key; orders complete within the outage.',
  sees: {
    workflows: 'Go on under the old data key.',
    activities: 'Go on under the old data key.',
    failures: 'Are encrypted as ever.',
    clients: 'Go on.',
    recovery: 'A new data key is wrapped within 30 s of the end. Nothing to do.',
  },
  run: pastLimit({ maxAge: '1s' }, 'soft'),
};

/** What is the same of every limit at which encoding stops. */
const AS_PAST_MAX_STALE_AGE = {
  services: ['AWS KMS (double)', 'OpenBao'],
  ends: 'Connections are taken again.',
  expected: 'As past `maxStaleAge`.',
  repeats: PAST_LIMIT_REPEATS,
  sees: {
    workflows: 'As past `maxStaleAge`.',
    activities: 'As past `maxStaleAge`.',
    failures: 'As past `maxStaleAge`.',
    clients: 'As past `maxStaleAge`.',
    recovery: 'As past `maxStaleAge`.',
  },
} as const;

/** Data key past `maxBytes` in an outage. */
export const pastMaxBytes: Fault = {
  id: 'past-max-bytes',
  title: 'Data key past `maxBytes` in an outage',
  begins: 'Connections are reset; the data key has encrypted 2 KiB.',
  ...AS_PAST_MAX_STALE_AGE,
  run: pastLimit({ maxBytes: 2048 }, 'hard'),
};

/** Data key past `maxMessages` in an outage. */
export const pastMaxMessages: Fault = {
  id: 'past-max-messages',
  title: 'Data key past `maxMessages` in an outage',
  short: 'OpenBao',
  begins: 'Connections are reset; the data key has encrypted 20 payloads.',
  ...AS_PAST_MAX_STALE_AGE,
  run: pastLimit({ maxMessages: 20 }, 'hard'),
};

/** Data key past `maxStaleAge` in an outage. */
export const pastMaxStaleAge: Fault = {
  id: 'past-max-stale-age',
  title: 'Data key past `maxStaleAge` in an outage',
  services: ['AWS KMS (double)', 'OpenBao'],
  begins: 'Connections are reset; the data key passes a `maxStaleAge` of 2 s.',
  ends: 'Connections are taken again.',
  expected:
    'Encoding stops, failures are redacted, the Worker goes on; everything completes after the outage.',
  repeats: PAST_LIMIT_REPEATS,
  sees: {
    workflows: '`WorkflowTaskFailed`; workflows wait.',
    activities:
      'A result cannot be handed over: the attempt fails, and the activity **runs again**. Heartbeats cannot be sent: the activity is cancelled.',
    failures: 'Are redacted: type kept, text replaced.',
    clients: 'With a data key of their own that is within its limits: go on.',
    recovery: 'By itself, at the next attempts. Raise the limit if outages may last longer.',
  },
  run: pastLimit({ maxAge: '1s', maxStaleAge: '2s' }, 'hard'),
};

/** Unwrapped data keys past `cacheTtl` in an outage. */
export const pastCacheTtl: Fault = {
  id: 'past-cache-ttl',
  title: 'Unwrapped data keys past `cacheTtl` in an outage',
  services: ['AWS KMS (double)', 'OpenBao'],
  begins: 'Connections are reset; the unwrapped data keys pass a `cacheTtl` of 1 s.',
  ends: 'Connections are taken again.',
  expected: 'What was read before can still be read; orders complete within the outage.',
  sees: {
    workflows: 'Go on with the data keys in memory, up to `maxStaleAge`; not where the key service refuses.',
    activities: 'Go on.',
    failures: 'Are encrypted as ever.',
    clients: 'Go on.',
    recovery: 'Nothing to do.',
  },
  run: pastLimit({ cacheTtl: '1s' }, 'soft'),
};
