import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '@waxseal/bring-up';
import { KeyServiceError, type KeyServiceErrorReason } from '@waxseal/core';
import type { Fault } from '../fault';
import type { FaultyKeyService } from '../key-services/faulty-key-service';
import { type Scene, workflowTaskTimeouts } from '../scene/scene';

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

/** A Worker is started while its key service is away. */
export const downBeforeStart: Fault = {
  id: 'down-before-start',
  title: 'Key service down before the Worker starts',
  services: ['AWS KMS (double)', 'OpenBao'],
  short: 'OpenBao',
  begins: 'Connections are reset; then a Worker is created.',
  ends: 'Connections are taken again; a Worker is created again.',
  expected:
    'Worker.create rejects within 7 s with a KeyServiceError and nothing polls; the second Worker does all.',
  sees: {
    workflows: 'New workflows wait in the task queue.',
    activities: 'None is taken.',
    failures: 'None is written.',
    clients: 'A client that has a data key starts workflows as ever; a new one gets `KeyServiceError`.',
    recovery: 'The process ends with `KeyServiceError … unavailable`. Let the supervisor start it again.',
  },
  run: async (scene) => {
    const client = await scene.newClient();
    scene.service.proxy.down();
    const [order] = await scene.orders.place(client, 2, true);
    const startedAtMs = Date.now();
    const error: unknown = await scene.startWorker().catch((rejection: unknown) => rejection);
    const tookMs = Date.now() - startedAtMs;
    scene.expect(
      error instanceof KeyServiceError && error.reason === 'unavailable',
      `Worker.create gave ${error instanceof Error ? String(error) : 'a Worker'}`,
    );
    scene.expect(tookMs < 7_000, `Worker.create took ${String(tookMs)} ms`);
    const history = await order?.fetchHistory();
    const isTaken = history?.events?.some((event) => event.workflowTaskStartedEventAttributes) ?? true;
    scene.expect(!isTaken, 'a Worker polled');
    await scene.end(() => {
      scene.service.proxy.heal();
    });
    await scene.startWorker();
  },
};

const ORDERS_IN_ACTIVITY = 4;
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
    const orders = await scene.orders.place(client, ORDERS_IN_ACTIVITY, true);
    const atCard = await waitUntil(() => scene.gates.waiting('before charge') === ORDERS_IN_ACTIVITY);
    scene.expect(atCard, 'the orders did not come to their cards');
    scene.service.proxy.down();
    await sleep(OUTAGE_MS);
    scene.gates.open('before charge');
    if (!(await scene.orders.haveClosed(orders, 60_000))) {
      scene.problem('orders did not complete within the outage');
    }
    await scene.end(() => {
      scene.service.proxy.heal();
    });
  },
};

/** Workflow tasks need a data key that the Worker has not seen. */
export const downDuringWorkflowTask: Fault = {
  id: 'down-during-workflow-task',
  title: 'Key service down during a workflow task',
  services: ['AWS KMS (double)', 'OpenBao'],
  begins: 'Connections are reset; orders come from a client whose data key the Worker has not seen.',
  ends: 'Connections are taken again after 5 s.',
  expected: 'Orders under way go on; the new ones have failed workflow tasks, wait, and complete afterwards.',
  sees: {
    workflows:
      'Under data keys that the Worker has read within `maxStaleAge` (24 h): go on. Others: `WorkflowTaskFailed`, and the workflow waits.',
    activities: 'Go on, where the data key is in memory.',
    failures: 'Are encrypted as ever.',
    clients: 'As workflows; where the data key is not in memory, they get `KeyServiceError`.',
    recovery:
      'By itself: Temporal repeats the workflow task, after ten seconds or more when the outage is long.',
  },
  run: outage({
    begin: ({ proxy }) => {
      proxy.down();
    },
    end: ({ proxy }) => {
      proxy.heal();
    },
    holdMs: 5_000,
    strangers: 'wait',
    reason: 'unavailable',
  }),
};

/** The network breaks while the key service answers. */
export const cutInAnswers: Fault = {
  id: 'cut-in-answers',
  title: 'Network cut in the middle of answers',
  services: ['AWS KMS (double)', 'OpenBao'],
  begins: 'Every connection is cut after half of an answer’s bytes.',
  ends: 'Answers arrive whole again after 5 s.',
  expected: 'As in an outage; half an answer is never taken for one.',
  sees: {
    workflows: 'As when the key service is down.',
    activities: 'As when the key service is down.',
    failures: 'Are encrypted as ever.',
    clients: 'As when the key service is down.',
    recovery: 'By itself.',
  },
  run: outage({
    begin: ({ proxy }) => {
      proxy.cut();
    },
    end: ({ proxy }) => {
      proxy.heal();
    },
    holdMs: 5_000,
    strangers: 'wait',
    reason: 'unavailable',
  }),
};
