import { setTimeout as sleep } from 'node:timers/promises';

import type { Fault } from '../fault';

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
    scene.expect(await scene.orders.haveClosed(before, 20_000), 'the first order did not complete');
    await scene.service.revoke();
    await sleep(1.5 * CACHE_TTL_MS);
    const orders = await scene.orders.place(client, ORDERS, true);
    await sleep(OUTAGE_MS);
    const begun = scene.ledger.ordersWith('reserve') - before.length;
    scene.expect(begun === 0, `${String(begun)} of ${String(orders.length)} orders were read all the same`);
    await scene.end(() => scene.service.grant());
  },
};
