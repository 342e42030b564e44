import { beforeEach, describe, expect, it } from '@jest/globals';
import { bytes, localWrap } from '@waxseal/test-support/vectors';
import { rejectionOf } from '@waxseal/test-support';

import { KeyServiceError, Keyring } from '../src';
import { dataKeyLimits } from '../src/data-keys/data-key-options';
import { type Candidate, DecodingKeys, type Waiter } from '../src/data-keys/decoding-keys';
import { TestKey } from './support/test-key';

const HOUR = 3_600_000;
const waiter: Waiter = {
  origin: { tenant: 'namespace shop', caller: '' },
  signal: new AbortController().signal,
};

let nowMs: number;
let key: VersionedKey;
let keys: DecodingKeys;
let keyring: Keyring;

/** A key whose versions are all its own, and which may refuse one of them. */
class VersionedKey extends TestKey {
  refused: string | undefined;

  owns(keyId: string): boolean {
    return keyId.startsWith(this.id);
  }

  override async unwrap(...[wrapped, aad]: Parameters<TestKey['unwrap']>): Promise<Uint8Array> {
    const unwrapped = await super.unwrap(wrapped, aad);
    if (wrapped.keyId === this.refused) throw new KeyServiceError(wrapped.keyId, 'disabled');
    return unwrapped;
  }
}

beforeEach(() => {
  nowMs = 0;
  key = new VersionedKey('orders');
  keyring = new Keyring({ primary: key, requests: { negativeCacheTtl: 1 } });
  keys = new DecodingKeys(
    dataKeyLimits({ cacheTtl: HOUR }),
    { now: () => nowMs },
    undefined,
    new AbortController().signal,
  );
});

/** The wrapped data key of some worker. */
function ofWorker(name: string, keyId = 'orders/1'): Candidate {
  const kek = keyring.findGuarded(keyId);
  if (kek === undefined) throw new Error('The keyring lacks the key.');
  const dataKey = bytes.fixed(name, 32);
  const aad = bytes.text('waxseal/v1/data-key');
  return {
    kek,
    wrapped: { keyId, bytes: localWrap(key.material, keyId, bytes.fixed(name, 12), dataKey, aad) },
  };
}

/** As a payload under it is opened. */
async function read(candidate: Candidate): Promise<void> {
  if (keys.get(candidate) !== undefined) return;
  keys.keep(candidate, await keys.unwrap(candidate, waiter));
}

describe('a data key in memory, past cacheTtl', () => {
  it('is asked for no more while its key unwraps others: one unwrap for each data key', async () => {
    const [first, second] = [ofWorker('first'), ofWorker('second')];
    for (let hour = 0; hour < 12; hour++) {
      await read(ofWorker(`of hour ${String(hour)}`));
      await read(first);
      await read(second);
      nowMs += 0.7 * HOUR;
    }
    expect(key.unwraps).toBe(12 + 2);
  });

  it('is asked for once for all of a key, where there are no others', async () => {
    const all = Array.from({ length: 50 }, (_, index) => ofWorker(String(index)));
    for (const one of all) await read(one);
    nowMs += HOUR;
    for (const one of all) await read(one);
    expect(key.unwraps).toBe(50 + 1);
  });

  it.each(['disabled', 'denied', 'not-found'] as const)(
    'is asked for when the key has refused since: %s',
    async (reason) => {
      const first = ofWorker('first');
      await read(first);
      nowMs += 0.9 * HOUR;
      await read(ofWorker('second'));
      key.failure = new KeyServiceError('orders/1', reason);
      nowMs += 0.2 * HOUR;
      expect(keys.get(first)).toBeDefined();
      expect(await rejectionOf(() => read(ofWorker('third')))).toMatchObject({ reason });
      expect(keys.get(first)).toBeUndefined();
      expect(keys.getStale(first)).toBeDefined();
    },
  );

  it('ends within cacheTtl of the last that its key unwrapped, whatever is asked', async () => {
    const first = ofWorker('first');
    await read(first);
    nowMs += 0.9 * HOUR;
    await read(ofWorker('second'));
    nowMs += HOUR - 1;
    expect(keys.get(first)).toBeDefined();
    nowMs += 1;
    expect(keys.get(first)).toBeUndefined();
  });

  it('is not kept by what another version unwraps, nor by what is forged under one', async () => {
    const old = ofWorker('old', 'orders/1');
    await read(old);
    nowMs += 0.9 * HOUR;
    await read(ofWorker('new', 'orders/2'));
    key.refused = 'orders/1';
    nowMs += 0.2 * HOUR;
    expect(keys.get(old)).toBeUndefined();
    // The same bytes under the name of the version that still unwraps.
    const renamed = { kek: old.kek, wrapped: { ...old.wrapped, keyId: 'orders/2' } };
    expect(keys.get(renamed)).toBeUndefined();
    expect(await rejectionOf(() => read(renamed))).toMatchObject({ reason: 'rejected-ciphertext' });
    expect(keys.get(old)).toBeUndefined();
  });

  it('is not kept by what its key unwrapped and what opened nothing', async () => {
    const first = ofWorker('first');
    await read(first);
    nowMs += 0.9 * HOUR;
    await keys.unwrap(ofWorker('second'), waiter);
    nowMs += 0.2 * HOUR;
    expect(keys.get(first)).toBeUndefined();
  });

  it('is not ended by a refusal of what was made up', async () => {
    const first = ofWorker('first');
    await read(first);
    nowMs += 0.9 * HOUR;
    await read(ofWorker('second'));
    nowMs += 0.2 * HOUR;
    const { kek, wrapped } = ofWorker('third');
    const madeUp = { kek, wrapped: { ...wrapped, bytes: bytes.flip(wrapped.bytes, 20) } };
    expect(await rejectionOf(() => read(madeUp))).toMatchObject({ reason: 'rejected-ciphertext' });
    expect(keys.get(first)).toBeDefined();
  });
});
