import type { Attack } from '../attack';
import { askMeanwhile, sealedPayload, startServer } from '../targets/codec-client';
import { median } from './crafted-workflow';

const ROUNDS = 12;
const ITEMS = 16_500;

/** Payloads of 99,000 values, by a principal who sees masked ones only; another one is timed. */
export const masking: Attack = {
  id: 'masking',
  title: `One principal asks ${String(ROUNDS)} times, three at once, for payloads of 99,000 values that are masked by four rules`,
  bounds: [
    { name: 'longest hold of the server’s event loop, more than without masks', unit: 'ms', limit: 50 },
    { name: 'median time of another principal’s request', unit: 'ms', limit: 250 },
    { name: 'answers of another principal that are 200, of all', unit: '', limit: 1, isAtLeast: true },
  ],
  async run(scene) {
    const server = await startServer(scene);
    const sealed = await sealedPayload(server);
    const items = Array.from({ length: ITEMS }, (_, id) => ({
      id,
      card: '4111111111111111',
      in: { b: 1, a: 2 },
    }));
    const large = {
      metadata: { encoding: Buffer.from('json/plain') },
      data: Buffer.from(JSON.stringify(items)),
    };
    await server.vitals();
    for (let round = 0; round < 3; round++) await server.post('mallory', 'decode', [large]);
    const plain = await server.vitals();
    const flood = { running: 3 };
    const flooded = Array.from({ length: 3 }, async () => {
      for (let round = 0; round < ROUNDS / 3; round++) await server.post('eve', 'decode', [large]);
      flood.running -= 1;
    });
    const { times, answered } = await askMeanwhile(server, sealed, () => flood.running > 0);
    await Promise.all(flooded);
    const { stallMs } = await server.vitals();
    await server.stop();
    return [Math.max(0, stallMs - plain.stallMs), median(times), answered];
  },
};
