import { EnvelopeCodec } from '@waxseal/core';

import type { Attack } from '../attack';
import { craftedPayload } from '../crafted-payload';
import { plainPayload } from '../targets/codec-client';
import { keyringOf } from '../targets/target';

const CALLS = 80;
const PAYLOADS = 16;

/** Unwraps of a second each, and an encode that needs a data key. */
export const queuedEncode: Attack = {
  id: 'queued-encode',
  title: `${String(CALLS)} calls with ${String(PAYLOADS)} crafted payloads each wait for a key service that takes a second`,
  bounds: [{ name: 'time of an encode that needs a new data key', unit: 's', limit: 3 }],
  async run({ kms, key }) {
    kms.latencyMs = 1_000;
    const codec = new EnvelopeCodec({
      keyring: keyringOf(kms.endpoint, key.arn, { totalTimeout: '6s', attemptTimeout: '3s' }),
    });
    const flood = Array.from({ length: CALLS }, (_, call) =>
      codec
        .decode(
          Array.from({ length: PAYLOADS }, () => craftedPayload(key.arn)),
          { type: 'workflow', namespace: 'attacked', workflowId: String(call) },
        )
        .catch(() => undefined),
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    const start = performance.now();
    await codec.encode([plainPayload('order')], { type: 'workflow', namespace: 'other', workflowId: 'w' });
    const seconds = (performance.now() - start) / 1_000;
    codec.close();
    await Promise.all(flood);
    return [seconds];
  },
};
