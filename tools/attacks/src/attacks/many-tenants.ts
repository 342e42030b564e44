import { setTimeout as sleep } from 'node:timers/promises';

import type { SerializationContext } from '@temporalio/common';
import { EnvelopeCodec, Keyring, type KeyEncryptionKey } from '@waxseal/core';

import type { Attack } from '../attack';
import { plainPayload } from '../targets/codec-client';

const TENANTS = 1_100;
const ROUNDS = 20;

/** More tenants with a keyring each than there is room for, one payload after the other. */
export const manyTenants: Attack = {
  id: 'many-tenants',
  title: `${TENANTS.toLocaleString('en')} tenants with a keyring each, ${(TENANTS * ROUNDS).toLocaleString('en')} payloads`,
  bounds: [{ name: 'growth of the heap', unit: 'MiB', limit: 64 }],
  async run() {
    const { gc } = globalThis;
    if (gc === undefined) throw new Error('Run with --expose-gc, as npm run attacks does.');
    const keyrings = Array.from(
      { length: TENANTS },
      (_, index) => new Keyring({ primary: keyInMemory(index) }),
    );
    const contextOf = (index: number): SerializationContext => ({
      type: 'workflow',
      namespace: String(index),
      workflowId: 'w',
    });
    gc();
    const before = process.memoryUsage().heapUsed;
    const codec = new EnvelopeCodec({
      keyring: ({ namespace }) => keyrings[Number(namespace)] ?? new Keyring({ primary: keyInMemory(-1) }),
    });
    for (let round = 0; round < ROUNDS; round++) {
      for (let index = 0; index < TENANTS; index++) {
        const sealed = await codec.encode([plainPayload('order')], contextOf(index));
        await codec.decode(sealed, contextOf(index));
      }
    }
    await sleep(10);
    gc();
    const grown = (process.memoryUsage().heapUsed - before) / 2 ** 20;
    codec.close();
    return [Math.max(0, grown)];
  },
};

/** Wraps nothing: what is measured is what the codec keeps. */
function keyInMemory(index: number): KeyEncryptionKey {
  const id = `key ${String(index)}`;
  return {
    id,
    bindsAad: false,
    wrap: (dataKey) => Promise.resolve({ keyId: id, bytes: new Uint8Array(dataKey) }),
    unwrap: ({ bytes }) => Promise.resolve(new Uint8Array(bytes)),
  };
}
