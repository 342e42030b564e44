import { setTimeout as sleep } from 'node:timers/promises';

import { EnvelopeCodec } from '@waxseal/core';

import type { Attack } from '../attack';
import { plainPayload } from '../targets/codec-client';
import { keyringOf } from '../targets/target';

/**
 * The first request gets no answer, and garbage is collected while it hangs (Node.js 20 loses timeouts then).
 */
export const silentService: Attack = {
  id: 'silent-service',
  title: 'AWS KMS does not answer the first request, and garbage is collected meanwhile',
  bounds: [{ name: 'time of an encode, where an attempt has a second', unit: 's', limit: 2.5 }],
  async run({ kms, key }) {
    const { gc } = globalThis;
    if (gc === undefined) throw new Error('Run with --expose-gc, as npm run attacks does.');
    kms.next({ hang: true });
    const requests = { attemptTimeout: '1s', totalTimeout: '6s' } as const;
    const codec = new EnvelopeCodec({ keyring: keyringOf(kms.endpoint, key.arn, requests) });
    const start = performance.now();
    const encoded = { isDone: false };
    const encoding = codec.encode([plainPayload('order')]).finally(() => (encoded.isDone = true));
    while (!encoded.isDone) {
      Array.from({ length: 1_000 }, () => new AbortController());
      gc();
      await sleep(20);
    }
    await encoding;
    codec.close();
    return [(performance.now() - start) / 1_000];
  },
};
