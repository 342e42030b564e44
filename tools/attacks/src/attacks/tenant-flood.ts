import type { Attack } from '../attack';
import { craftedPayload } from '../crafted-payload';
import { freshPayloads, startServer } from '../targets/codec-client';
import { median } from './crafted-workflow';

const FRESH = 40;
const AT_ONCE = 20;

/** Crafted payloads in one namespace by many requests at once; in another, payloads that are not cached. */
export const tenantFlood: Attack = {
  id: 'tenant-flood',
  title: `${String(AT_ONCE)} requests at a time with crafted payloads in one namespace`,
  bounds: [
    {
      name: 'fresh payloads of another namespace that open, of all',
      unit: '',
      limit: 1,
      isAtLeast: true,
    },
    { name: 'median time until one does', unit: 'ms', limit: 500 },
  ],
  async run(scene) {
    const server = await startServer(scene);
    const fresh = await freshPayloads(scene, FRESH);
    scene.kms.latencyMs = 20;
    const crafted = Array.from({ length: 50 }, () => craftedPayload(scene.key.arn));
    const flood = { isOver: false };
    const flooded = Array.from({ length: AT_ONCE }, async () => {
      while (!flood.isOver) await server.post('mallory', 'decode', crafted);
    });
    const times: number[] = [];
    let opened = 0;
    for (const payload of fresh) {
      const { status, ms } = await server.post('ada', 'decode', [payload], 'billing');
      times.push(ms);
      if (status === 200) opened += 1;
    }
    flood.isOver = true;
    await Promise.all(flooded);
    await server.stop();
    return [opened / FRESH, median(times)];
  },
};
