import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { Client, Connection } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { startTemporal } from '@waxseal/bring-up';

import type { Attack } from '../attack';
import { craftedPayload } from '../crafted-payload';
import { plainPayload } from '../targets/codec-client';
import { startTarget } from '../targets/target';

const PAYLOADS = 1_900;
const SECONDS = 20;
const WARM_UP = 10;

/** One start of a workflow with crafted arguments; another workflow is timed before it and during it. */
export const craftedWorkflow: Attack = {
  id: 'crafted-workflow',
  title: `A workflow is started with ${PAYLOADS.toLocaleString('en')} crafted payloads of eight wrapped keys each`,
  bounds: [
    { name: `key requests in ${String(SECONDS)} s`, unit: '', limit: 200 },
    { name: 'longest hold of the Worker’s event loop, more than with plain payloads', unit: 'ms', limit: 50 },
    { name: 'memory of the Worker, more than with plain payloads', unit: 'MiB', limit: 200 },
    { name: 'median time of another workflow, as a multiple of the time before', unit: '', limit: 2 },
  ],
  async run(scene) {
    const server = await startTemporal({ ownProcessGroup: true });
    scene.cleanUp.add(() => server.stop());
    const { address, namespace } = server;
    const taskQueue = `attacked-${randomUUID()}`;
    const worker = await startTarget('worker', scene, {
      ATTACKS_TEMPORAL: address,
      ATTACKS_NAMESPACE: namespace,
      ATTACKS_TASK_QUEUE: taskQueue,
    });
    const connection = await Connection.connect({ address });
    scene.cleanUp.add(() => connection.close());
    const honest = new Client({ connection, namespace });
    const start = async (payloads: Payload[]): Promise<void> => {
      const codec = {
        encode: () => Promise.resolve(payloads),
        decode: (given: Payload[]) => Promise.resolve(given),
      };
      const client = new Client({ connection, namespace, dataConverter: { payloadCodecs: [codec] } });
      const options = { taskQueue, workflowId: randomUUID(), args: ['replaced'] };
      await client.workflow.start('countArguments', options);
    };
    const crafted = Array.from({ length: PAYLOADS }, () => craftedPayload(scene.key.arn));
    const time = async (): Promise<number> => {
      const start = performance.now();
      const options = { taskQueue, workflowId: randomUUID(), args: [] };
      await (await honest.workflow.start('countArguments', options)).result().catch(() => undefined);
      return performance.now() - start;
    };
    for (let count = 0; count < WARM_UP; count++) await time();
    const before: number[] = [];
    await worker.vitals();
    for (let count = 0; count < 2 * WARM_UP; count++) before.push(await time());
    // What the SDK itself takes for as many bytes is not the codec's doing.
    await start(
      crafted.map(({ data }) =>
        plainPayload(
          Buffer.from(data ?? [])
            .toString('hex')
            .slice(0, 800),
        ),
      ),
    );
    await sleep(3_000);
    const calm = await worker.vitals();

    const requestsBefore = scene.kms.requests.length;
    await start(crafted);
    const during: number[] = [];
    const end = performance.now() + SECONDS * 1000;
    while (performance.now() < end) {
      during.push(await time());
      await sleep(100);
    }
    const attacked = await worker.vitals();
    await worker.stop();
    return [
      scene.kms.requests.length - requestsBefore,
      Math.max(0, attacked.stallMs - calm.stallMs),
      Math.max(0, attacked.rssMiB - calm.rssMiB),
      median(during) / median(before),
    ];
  },
};

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
