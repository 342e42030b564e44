import { KeyServiceError } from '@waxseal/core';

import type { Fault } from '../fault';

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
