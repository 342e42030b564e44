import type { Payload } from '@temporalio/common';

import type { Attack } from '../attack';
import { craftedPayload } from '../crafted-payload';
import { askMeanwhile, sealedPayload, startServer } from '../targets/codec-client';
import { median } from './crafted-workflow';

const PAYLOADS = 5_000;
const ROUNDS = 10;
const ASKED = 20;

/** Bodies of crafted payloads, one after the other, by a principal with a token; another one is timed. */
export const craftedDecode: Attack = {
  id: 'crafted-decode',
  title: `One principal sends ${String(ROUNDS)} requests of ${PAYLOADS.toLocaleString('en')} crafted payloads to the Codec Server`,
  bounds: [
    { name: 'key requests', unit: '', limit: 16 * ROUNDS },
    { name: 'answers of another principal that are 200, of all', unit: '', limit: 1, isAtLeast: true },
    { name: 'median time of another principal’s request', unit: 'ms', limit: 500 },
    { name: 'memory of the server, more than before', unit: 'MiB', limit: 300 },
  ],
  async run(scene) {
    const server = await startServer(scene);
    const sealed = await sealedPayload(server);
    const attack: readonly Payload[] = Array.from({ length: PAYLOADS }, () => craftedPayload(scene.key.arn));
    await server.post('mallory', 'decode', attack.slice(0, 10));
    const calm = await server.vitals();
    const requestsBefore = scene.kms.requests.length;
    const flood = { isOver: false };
    const flooded = (async () => {
      for (let round = 0; round < ROUNDS; round++) await server.post('mallory', 'decode', attack);
      flood.isOver = true;
    })();
    const goesOn = (asked: number): boolean => !flood.isOver || asked < ASKED;
    const { times, answered } = await askMeanwhile(server, sealed, goesOn);
    await flooded;
    const { rssMiB } = await server.vitals();
    await server.stop();
    return [
      scene.kms.requests.length - requestsBefore,
      answered,
      median(times),
      Math.max(0, rssMiB - calm.rssMiB),
    ];
  },
};
