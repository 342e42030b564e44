import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../fault';
import { outage } from './down';
import { unreadableInput } from './unreadable';

/** What goes on under data keys in memory while a key service refuses. */
const WITH_MEMORY = {
  workflows:
    'Go on under data keys in memory: reading for `cacheTtl` (1 h), writing for `maxStaleAge` (24 h). Others: `WorkflowTaskFailed`, and the workflow waits.',
  activities: 'As workflows; an input that cannot be read fails the attempt.',
  failures: 'Are encrypted as ever.',
};

/** Somebody takes the right to wrap and unwrap away, and grants it again. */
export const permissionRevoked: Fault = {
  id: 'permission-revoked',
  title: 'Permission revoked, later granted',
  services: ['AWS KMS (double)', 'OpenBao'],
  begins: 'The right to wrap and to unwrap is taken away.',
  ends: 'The right is granted again after 5 s.',
  expected: 'As in an outage: what is in memory goes on, the rest waits, nothing fails for good.',
  sees: {
    ...WITH_MEMORY,
    clients: 'Get `KeyServiceError … denied`.',
    recovery: 'Grant the right. `waxseal doctor` says which one is missing. Workflows go on by themselves.',
  },
  run: outage({
    begin: (service) => service.revoke(),
    end: (service) => service.grant(),
    holdMs: 5_000,
    strangers: 'wait',
    reason: 'denied',
  }),
};

/** Somebody disables the key, and enables it again. */
export const keyDisabled: Fault = {
  id: 'key-disabled',
  title: 'Key disabled, later enabled',
  services: ['AWS KMS (double)', 'OpenBao'],
  begins: 'The key is disabled (AWS KMS) or soft-deleted (OpenBao).',
  ends: 'The key is enabled again after 5 s.',
  expected: 'As in an outage: what is in memory goes on, the rest waits, nothing fails for good.',
  sees: {
    ...WITH_MEMORY,
    clients: 'Get `KeyServiceError … disabled`.',
    recovery: 'Enable the key. Workflows go on by themselves.',
  },
  run: outage({
    begin: (service) => service.disableKey(),
    end: (service) => service.enableKey(),
    holdMs: 5_000,
    strangers: 'wait',
    reason: 'disabled',
  }),
};

/** OpenBao is sealed, as after a restart, and unsealed. */
export const sealed: Fault = {
  id: 'sealed',
  title: 'OpenBao sealed, later unsealed',
  services: ['OpenBao'],
  short: 'OpenBao',
  begins: 'The server is sealed.',
  ends: 'The server is unsealed after 5 s.',
  expected: 'As in an outage.',
  sees: {
    workflows: 'As when the key service is down.',
    activities: 'As when the key service is down.',
    failures: 'Are encrypted as ever.',
    clients: 'Get `KeyServiceError … unavailable`.',
    recovery: 'Unseal the server. Workflows go on by themselves.',
  },
  run: outage({
    begin: (service) => service.seal(),
    end: (service) => service.unseal(),
    holdMs: 5_000,
    strangers: 'wait',
    reason: 'unavailable',
  }),
};

/** Half of the requests are refused for want of quota. */
export const throttled: Fault = {
  id: 'throttled-half',
  title: 'Key service throttles half of the requests',
  services: ['AWS KMS (double)', 'OpenBao'],
  begins: 'Every request is refused with a probability of one half; orders come from six more clients.',
  ends: 'Nothing is refused any more, after 6 s.',
  expected: 'Everything goes on; a request is repeated within its deadline, a workflow task at the worst.',
  sees: {
    workflows: 'Go on; now and then a `WorkflowTaskFailed` that is repeated at once.',
    activities: 'Go on.',
    failures: 'Are encrypted as ever.',
    clients: 'Go on; now and then `KeyServiceError … throttled`.',
    recovery: 'Nothing to do. When it lasts, raise the quota, or `maxAge` and `cacheTtl`.',
  },
  run: outage({
    begin: ({ proxy }) => {
      proxy.throttle(0.5);
    },
    end: ({ proxy }) => {
      proxy.heal();
    },
    holdMs: 6_000,
    strangers: 'may pass',
    strangeClients: 6,
  }),
};

/** An activity's input is under a data key that has left memory, and the key service refuses to unwrap it. */
export const refusedActivityInput: Fault = {
  id: 'refused-activity-input',
  title: 'Permission revoked when an activity’s input must be unwrapped',
  services: ['AWS KMS (double)', 'OpenBao'],
  begins:
    'Memory holds one unwrapped data key (`cacheCapacity: 1`), that of a signal; the right is taken away before a retry.',
  ends: 'The right is granted again after 6 s.',
  expected:
    'The attempts fail before the activity begins, with the type `WaxsealKeyServiceDenied` and a delay.',
  sees: {
    workflows: '`WorkflowTaskFailed` until the right is back; the workflow waits.',
    activities:
      'Attempts fail with `WaxsealKeyServiceDenied` before the activity begins; they may be retried, and count for `maximumAttempts`.',
    failures: 'Are encrypted as ever.',
    clients: 'Get `KeyServiceError … denied` when they read.',
    recovery: 'Grant the right. The next attempt, half a minute later or so, goes on.',
  },
  run: unreadableInput(
    { begin: (service) => service.revoke(), end: (service) => service.grant() },
    'WaxsealKeyServiceDenied',
  ),
};

const ORDERS = 3;
const CACHE_TTL_MS = 1_000;
const OUTAGE_MS = 5_000;

/** The right to unwrap is taken away for longer than unwrapped data keys are used without asking. */
export const refusedPastCacheTtl: Fault = {
  id: 'refused-past-cache-ttl',
  title: 'Permission revoked, and unwrapped data keys past `cacheTtl`',
  services: ['AWS KMS (double)', 'OpenBao'],
  begins: 'The right to wrap and to unwrap is taken away; the unwrapped data keys pass a `cacheTtl` of 1 s.',
  ends: 'The right is granted again after 5 s.',
  expected: 'Nothing more is read, though the data keys were in memory; everything completes afterwards.',
  sees: {
    workflows: '`WorkflowTaskFailed`, and the workflow waits: a refusal is believed.',
    activities: 'An input that cannot be read fails the attempt, before the activity begins.',
    failures: 'Are encrypted as ever, up to `maxStaleAge`.',
    clients: 'Start workflows up to `maxStaleAge`; get `KeyServiceError … denied` when they read.',
    recovery: 'Grant the right. Workflows go on by themselves.',
  },
  run: async (scene) => {
    await scene.startWorker({ cacheTtl: CACHE_TTL_MS });
    const client = await scene.newClient();
    const before = await scene.orders.place(client, 1, true);
    scene.expect(await scene.orders.haveClosed(before, 60_000), 'the first order did not complete');
    await scene.service.revoke();
    await sleep(1.5 * CACHE_TTL_MS);
    const orders = await scene.orders.place(client, ORDERS, true);
    await sleep(OUTAGE_MS);
    const begun = scene.ledger.ordersWith('reserve') - before.length;
    scene.expect(begun === 0, `${String(begun)} of ${String(orders.length)} orders were read all the same`);
    await scene.end(() => scene.service.grant());
  },
};
