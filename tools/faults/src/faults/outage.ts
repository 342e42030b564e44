import { setTimeout as sleep } from 'node:timers/promises';

import { KeyServiceError, type KeyServiceErrorReason } from '@waxseal/core';

import type { FaultyKeyService } from '../key-services/faulty-key-service';
import type { Scene } from '../scene/scene';
import { workflowTaskTimeouts } from '../scene/workflow-task-timeouts';

/** What an outage is like. */
export interface OutageOptions {
  readonly begin: (service: FaultyKeyService) => void | Promise<void>;
  readonly end: (service: FaultyKeyService) => void | Promise<void>;
  /** How long it lasts at least, in milliseconds. */
  readonly holdMs: number;
  /**
   * Whether orders of a client that no Worker has read from yet must wait for its end, or may be processed.
   */
  readonly strangers: 'wait' | 'may pass';
  /** Clients that no Worker has read from yet. */
  readonly strangeClients?: number;
  /** What a client is told that starts in the fault; without, it may be told anything. */
  readonly reason?: KeyServiceErrorReason;
}

const ORDERS = 4;

/**
 * The usual course of a fault: some orders are under way when it begins and go on, others come from clients
 * with data keys that the Worker has not seen.
 */
export function outage(options: OutageOptions): (scene: Scene) => Promise<void> {
  return async (scene) => {
    const { begin, end, holdMs, strangers, strangeClients = 1, reason } = options;
    // Past its maxAge within the outage, so that encoding goes on under a key that should have been replaced.
    await scene.startWorker({ maxAge: '1s' });
    const known = await scene.newClient();
    const underWay = await scene.orders.place(known, ORDERS, false);
    await scene.haveHad('charge', ORDERS);
    const clients = await Promise.all(Array.from({ length: strangeClients }, () => scene.newClient()));

    const beganAtMs = Date.now();
    await begin(scene.service);
    await scene.orders.sendNotes(known, underWay);
    const arriving = (
      await Promise.all(clients.map((client) => scene.orders.place(client, ORDERS / 2, true)))
    ).flat();
    if (!(await scene.orders.haveClosed(underWay, 15_000))) {
      scene.problem('orders that were under way did not go on');
    }
    if (reason !== undefined) {
      const error: unknown = await scene.newClient().catch((rejection: unknown) => rejection);
      const told = error instanceof KeyServiceError ? error.reason : 'nothing';
      scene.expect(told === reason, `a new client was told ${told}, not ${reason}`);
    }
    await sleep(Math.max(0, beganAtMs + holdMs - Date.now()));
    if (strangers === 'wait') {
      const closed = await scene.orders.closed(arriving);
      scene.expect(closed === 0, `${String(closed)} orders were read without the key service`);
    }
    const timeouts = (await Promise.all(arriving.map(workflowTaskTimeouts))).reduce((a, b) => a + b, 0);
    scene.expect(timeouts === 0, `${String(timeouts)} workflow tasks timed out instead of failing`);
    await scene.end(() => end(scene.service));
  };
}
