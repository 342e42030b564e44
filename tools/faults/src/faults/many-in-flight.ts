import { setTimeout as sleep } from 'node:timers/promises';

import type { Fault } from '../fault';

const CLIENTS = 10;
/** At least, and for each order. */
const OUTAGE_MS = 2_000;
const OUTAGE_EACH_MS = 6;
/** For each order. */
const PATIENCE_MS = 600;

/**
 * Very many workflows are under way when the key service goes, and all of them want it when it comes back.
 */
export const manyInFlight: Fault = {
  id: 'many-in-flight',
  title: 'Key service down and back with 1,000 workflows in flight',
  services: ['AWS KMS (double)', 'OpenBao'],
  short: 'AWS KMS (double)',
  begins:
    '1,000 orders are paid (100 in the short form); connections are reset; ten new clients send each a note.',
  ends: 'Connections are taken again after 8 s.',
  expected: 'All complete, each side effect once; the key service gets about one request for each data key.',
  sees: {
    workflows:
      'As for one workflow. After the outage they finish as fast as the server repeats workflow tasks.',
    activities: 'As for one workflow.',
    failures: 'Are encrypted as ever.',
    clients: 'As for one workflow.',
    recovery: 'By itself. The key service sees one unwrap for each data key, not one for each workflow.',
  },
  run: async (scene) => {
    const count = scene.stage.manyWorkflows;
    const { proxy } = scene.service;
    await scene.startWorker();
    const client = await scene.newClient();
    const orders = await scene.orders.place(client, count, false);
    await scene.haveHad('charge', count, 60_000 + PATIENCE_MS * count);
    const strangers = await Promise.all(Array.from({ length: CLIENTS }, () => scene.newClient()));

    const before = proxy.requests;
    proxy.down();
    await Promise.all(
      strangers.map((stranger, index) =>
        scene.orders.sendNotes(
          stranger,
          orders.filter((_, at) => at % CLIENTS === index),
        ),
      ),
    );
    await sleep(OUTAGE_MS + OUTAGE_EACH_MS * count);
    const closed = await scene.orders.closed(orders);
    scene.expect(closed === 0, `${String(closed)} notes were read without the key service`);
    const during = proxy.requests - before;
    await scene.end(() => {
      proxy.heal();
    });
    const all = await scene.orders.haveClosed(orders, 60_000 + PATIENCE_MS * count);
    scene.expect(all, 'not all orders completed');
    const after = proxy.requests - before - during;
    scene.remarks.push(
      `${String(count)} in flight; requests to the key service: ${String(before)} before, ${String(during)} during, ${String(after)} after the outage`,
    );
    scene.expect(after <= 2 * CLIENTS, `a herd of ${String(after)} requests came after the outage`);
  },
};
