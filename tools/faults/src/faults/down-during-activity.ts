import { setTimeout as sleep } from 'node:timers/promises';

import { waitUntil } from '@waxseal/bring-up';

import type { Fault } from '../fault';

const ORDERS = 4;
const OUTAGE_MS = 3_000;

/** The key service goes while activities are at work. */
export const downDuringActivity: Fault = {
  id: 'down-during-activity',
  title: 'Key service down during an activity',
  services: ['AWS KMS (double)', 'OpenBao'],
  short: 'AWS KMS (double)',
  begins: 'Connections are reset once each order is at its card.',
  ends: 'Connections are taken again after all orders are done.',
  expected: 'Every order completes within the outage, under the data key that the Worker has.',
  sees: {
    workflows: 'Go on.',
    activities: 'Go on: inputs, heartbeats and results are encrypted under the data key that the Worker has.',
    failures: 'Are encrypted as ever.',
    clients: 'Go on.',
    recovery: 'Nothing to do for up to `maxStaleAge` (24 h), `maxMessages` and `maxBytes`.',
  },
  run: async (scene) => {
    await scene.startWorker({ maxAge: '1s' });
    const client = await scene.newClient();
    scene.gates.shut('before charge');
    const orders = await scene.orders.place(client, ORDERS, true);
    const atCard = await waitUntil(() => scene.gates.waiting('before charge') === ORDERS);
    scene.expect(atCard, 'the orders did not come to their cards');
    scene.service.proxy.down();
    await sleep(OUTAGE_MS);
    scene.gates.open('before charge');
    if (!(await scene.orders.haveClosed(orders, 20_000))) {
      scene.problem('orders did not complete within the outage');
    }
    await scene.end(() => {
      scene.service.proxy.heal();
    });
  },
};
