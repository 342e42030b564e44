import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

import { requestKeyService } from '@waxseal/core/provider';

import type { Attack } from '../attack';

const PARTS = 10;
const PART = 100_000;

/** Not an attack but a long life: what each request leaves behind adds up. */
export const manyRequests: Attack = {
  id: 'many-requests',
  title: 'One million requests to a key service, for one codec',
  bounds: [
    { name: 'growth of the heap', unit: 'MiB', limit: 2 },
    { name: 'listeners left on the codec’s signal', unit: '', limit: 0 },
  ],
  async run() {
    const { gc } = globalThis;
    if (gc === undefined) throw new Error('Run with --expose-gc, as npm run attacks does.');
    const { signal } = new AbortController();
    const request = {
      keyId: 'key',
      options: { signal },
      attempt: () => Promise.resolve(1),
      explain: (cause: unknown) => ({ reason: 'unknown' as const, cause }),
    };
    const heaps: number[] = [];
    for (let part = 0; part < PARTS; part++) {
      for (let count = 0; count < PART; count++) await requestKeyService(request);
      await sleep(1);
      gc();
      heaps.push(process.memoryUsage().heapUsed);
    }
    const grown = ((heaps.at(-1) ?? 0) - (heaps[0] ?? 0)) / 2 ** 20;
    return [Math.max(0, grown), getEventListeners(signal, 'abort').length];
  },
};
