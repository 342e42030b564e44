import { setImmediate } from 'node:timers/promises';

import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { Payload } from '@temporalio/common';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';

import {
  EnvelopeCodec,
  Keyring,
  KeyServiceError,
  type DecodeRequest,
  type EnvelopeCodecOptions,
  type KeyringRequestOptions,
} from '../src';
import { FIRST_UNWRAPS } from '../src/data-keys/unwrap-window';
import { FRUITLESS_BURST, FRUITLESS_PER_SECOND } from '../src/keyring/request-guards';
import { craftedPayload, relabelled } from './support/crafted-payload';
import { only } from './support/only';
import { SlowKey } from './support/slow-key';
import { workflowContext } from './support/workflow-context';

const IDS = ['key/1', 'key/2', 'key/3', 'key/4', 'key/5', 'key/6', 'key/7', 'key/8'];

const opened: EnvelopeCodec[] = [];
afterEach(() => {
  jest.useRealTimers();
  for (const codec of opened.splice(0)) codec.close();
});

function codecWith(
  key: SlowKey,
  options: Partial<EnvelopeCodecOptions> = {},
  requests?: KeyringRequestOptions,
): EnvelopeCodec {
  const codec = new EnvelopeCodec({ keyring: new Keyring({ primary: key, requests }), ...options });
  opened.push(codec);
  return codec;
}

/** Payloads under a data key each. */
async function sealedBy(key: SlowKey, count: number): Promise<Payload[]> {
  const writer = codecWith(key, { dataKeys: { maxMessages: 1 }, binding: 'none' });
  return writer.encode(Array.from({ length: count }, (_, index) => jsonPayload(index)));
}

const crafted = (count: number, keyIds: readonly string[] = IDS): Payload[] =>
  Array.from({ length: count }, () => craftedPayload(keyIds));

describe('an envelope with eight wrapped keys of one configured key', () => {
  it('is one request, for the wrapped key that has the very ID of the key', async () => {
    const key = new SlowKey('key/', 0);
    const [payload] = crafted(1);
    await rejectionOf(() => codecWith(key).decode([payload ?? {}]));
    expect(key.unwraps).toBe(1);
    const exact = new SlowKey('key/1', 0);
    const asked: string[] = [];
    exact.owns = (keyId) => keyId.startsWith('key/');
    exact.unwrap = ({ keyId }) => {
      asked.push(keyId);
      return Promise.reject(new KeyServiceError(keyId, 'rejected-ciphertext'));
    };
    await rejectionOf(() => codecWith(exact).decode(crafted(1, IDS.toReversed())));
    expect(asked).toEqual(['key/1']);
  });
});

describe('1,900 payloads with eight wrapped keys each', () => {
  it('cost the requests that a call may make before one has opened, and nothing on the second try', async () => {
    const key = new SlowKey('key/', 2);
    const codec = codecWith(key);
    const attack = crafted(1_900);
    for (let tries = 1; tries <= 3; tries++) {
      expect(await rejectionOf(() => codec.decode(attack, workflowContext()))).toMatchObject({
        reason: 'rejected-ciphertext',
      });
    }
    expect(key.unwraps).toBeLessThanOrEqual(FIRST_UNWRAPS);
  });

  it.each<[string, (index: number) => string]>([
    ['one workflow', () => 'evil'],
    ['ten workflows', (index) => `evil ${String(index % 10)}`],
  ])('are bounded also in a call each, of %s', async (_of, workflowOf) => {
    const key = new SlowKey('key/', 2);
    const codec = codecWith(key);
    const start = performance.now();
    await Promise.allSettled(
      crafted(1_900).map((payload, index) =>
        codec.decode([payload], workflowContext('shop', workflowOf(index))),
      ),
    );
    const seconds = (performance.now() - start) / 1000;
    // Beside the budget: what is under way when it is used up, and one for each workflow that is not known
    // yet.
    const most = FRUITLESS_BURST + FRUITLESS_PER_SECOND * seconds + key.mostUnderWay + 10;
    expect(key.unwraps).toBeLessThanOrEqual(most);
  });

  it('do not keep another workflow of the namespace from its data key', async () => {
    const key = new SlowKey('key/', 2);
    const [honest] = await sealedBy(key, 1);
    const codec = codecWith(key);
    const attack = Promise.allSettled(
      crafted(1_900).map((payload) => codec.decode([payload], workflowContext('shop', 'evil'))),
    );
    expect(await codec.decode([honest ?? {}], workflowContext('shop', 'order'))).toEqual([jsonPayload(0)]);
    await attack;
    const late = only(await sealedBy(key, 1));
    expect(await codec.decode([late], workflowContext('shop', 'other'))).toEqual([jsonPayload(0)]);
  });
});

describe('a call', () => {
  it('asks for no more data keys than it may, and says so', async () => {
    const key = new SlowKey('key/', 0);
    const sealed = await sealedBy(key, 21);
    const codec = codecWith(key, {}, { maxUnwrapsPerDecode: 20 });
    const error = await rejectionOf(() => codec.decode(sealed));
    expect(error).toMatchObject({ code: 'WAXSEAL_KEY_SERVICE', reason: 'throttled', retryable: true });
    expect(error.message).toContain('requests.maxUnwrapsPerDecode is 20');
    expect(key.unwraps).toBe(0);
    expect(await codec.decode(sealed.slice(1))).toHaveLength(20);
  });

  it('opens any number of sound payloads, with as many requests under way as are allowed', async () => {
    const key = new SlowKey('key/', 1);
    const sealed = await sealedBy(key, 500);
    const codec = codecWith(key);
    key.mostUnderWay = 0;
    expect(await codec.decode(sealed)).toEqual(sealed.map((_, index) => jsonPayload(index)));
    expect([key.unwraps, key.mostUnderWay]).toEqual([500, 32]);
    expect(await codec.decode(sealed)).toHaveLength(500);
    expect(key.unwraps).toBe(500);
  });

  it('asks for nothing more once a payload has failed', async () => {
    const key = new SlowKey('key/', 2);
    const sealed = await sealedBy(key, 300);
    const codec = codecWith(key);
    sealed.splice(10, 0, ...crafted(1));
    await rejectionOf(() => codec.decode(sealed));
    const asked = key.unwraps;
    expect(asked).toBeLessThan(100);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(key.unwraps).toBe(asked);
  });

  it('leaves the queue when whoever asked has gone', async () => {
    const key = new SlowKey('key/', 20);
    const sealed = await sealedBy(key, 200);
    const codec = codecWith(key);
    const gone = new AbortController();
    const reason = new Error('The caller has gone.');
    const pending = sealed.map((payload) =>
      rejectionOf(() => codec.decode([payload], undefined, { signal: gone.signal })),
    );
    gone.abort(reason);
    expect(new Set(await Promise.all(pending))).toEqual(new Set([reason]));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(key.unwraps).toBeLessThanOrEqual(32);
    // What was asked already is of use to whoever comes next.
    expect(await codec.decode(sealed.slice(0, 1))).toEqual([jsonPayload(0)]);
    expect(key.unwraps).toBeLessThanOrEqual(32);
  });

  it('that comes with what another has left waits for it no longer than for its own', async () => {
    const key = new SlowKey('key/', 5);
    const [one] = await sealedBy(key, 1);
    const codec = codecWith(key, {}, { maxConcurrent: 1 });
    const blocking = codec.decode(await sealedBy(key, 3));
    const gone = new AbortController();
    const left = rejectionOf(() => codec.decode([one ?? {}], undefined, { signal: gone.signal }));
    gone.abort(new Error('gone'));
    const stays = codec.decode([one ?? {}]);
    await left;
    expect(await stays).toEqual([jsonPayload(0)]);
    await blocking;
  });
});

describe('calls for one request', () => {
  it('are counted together: each payload alone asks no more often than all at once', async () => {
    const attack = crafted(200);
    const asked = [];
    for (const alone of [false, true]) {
      const key = new SlowKey('key/', 1);
      const codec = codecWith(key);
      const request: DecodeRequest = { caller: 'mallory' };
      const calls = alone ? attack.map((payload) => [payload]) : [attack];
      await Promise.allSettled(calls.map((payloads) => codec.decode(payloads, workflowContext(), request)));
      asked.push(key.unwraps);
    }
    expect(asked).toEqual([FIRST_UNWRAPS, FIRST_UNWRAPS]);
  });

  it('still open what is sound, by a listing that shows what it can', async () => {
    const key = new SlowKey('key/', 1);
    const sealed = await sealedBy(key, 100);
    const mixed = sealed.flatMap((payload, index) =>
      index % 20 === 0 ? [...crafted(1), payload] : [payload],
    );
    const shown = await codecWith(key).tolerant().decode(mixed);
    expect(shown.filter(({ metadata }) => metadata?.['waxseal-unreadable'])).toHaveLength(5);
    expect(shown).toHaveLength(105);
  });

  it.each([undefined, null, 3])('are those of one listing, with %p for its request', async (request) => {
    const key = new SlowKey('key/', 1);
    await codecWith(key)
      .tolerant()
      .decode(crafted(200), workflowContext(), request as never);
    expect(key.unwraps).toBe(FIRST_UNWRAPS);
  });

  it('ask the key service only where the caller may', async () => {
    const key = new SlowKey('key/', 1);
    const sealed = await sealedBy(key, 10);
    const codec = codecWith(key);
    let left = 4;
    const request: DecodeRequest = { caller: 'ada', takeKeyRequest: () => left-- > 0 };
    const error = await rejectionOf(() => codec.decode(sealed, undefined, request));
    expect(error).toMatchObject({ reason: 'throttled', retryable: true });
    expect(key.unwraps).toBeLessThanOrEqual(4);
    expect(await codec.decode(sealed.slice(0, 4), undefined, request)).toHaveLength(4);
  });
});

describe('data keys in memory', () => {
  it('are not put out by copies of one real payload under other key IDs', async () => {
    const key = new SlowKey('key/', 0);
    const sealed = await sealedBy(key, 20);
    const codec = codecWith(key, { dataKeys: { cacheCapacity: 30, cacheTtl: 1 } });
    await codec.decode(sealed);
    const asked = key.unwraps;
    for (let copy = 0; copy < 300; copy++) {
      const payload = relabelled(sealed[0] ?? {}, `key/copy-${String(copy)}`);
      expect(await rejectionOf(() => codec.decode([payload], workflowContext('shop', 'evil')))).toMatchObject(
        { retryable: expect.any(Boolean) as unknown },
      );
    }
    // One of them is asked for; the data key that it gave serves the others, which it does not open.
    expect(key.unwraps - asked).toBeLessThanOrEqual(2);
    key.failure = new KeyServiceError(key.id, 'unavailable');
    const open = await Promise.allSettled(sealed.map((payload) => codec.decode([payload])));
    expect(open.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
  });

  it('are those of the keyring that is due to give some up', async () => {
    const [mine, theirs] = [new SlowKey('mine/', 0), new SlowKey('theirs/', 0)];
    const keyrings = { mine: new Keyring({ primary: mine }), theirs: new Keyring({ primary: theirs }) };
    const codec = codecWith(mine, {
      keyring: ({ namespace }) => (namespace === 'mine' ? keyrings.mine : keyrings.theirs),
      binding: 'none',
      dataKeys: { cacheCapacity: 30 },
    });
    const own = await sealedBy(mine, 10);
    await codec.decode(own, workflowContext('mine'));
    await codec.decode(await sealedBy(theirs, 200), workflowContext('theirs'));
    // Also where the keyring with few is the one that was used last.
    own.push(...(await sealedBy(mine, 5)));
    await codec.decode(own.slice(10), workflowContext('mine'));
    const asked = mine.unwraps;
    expect(await codec.decode(own, workflowContext('mine'))).toHaveLength(15);
    expect(mine.unwraps).toBe(asked);
  });
});

describe('fair shares', () => {
  it('encoding does not wait behind unwraps', async () => {
    const key = new SlowKey('key/', 0);
    const sealed = await sealedBy(key, 320);
    const codec = codecWith(key, {}, { attemptTimeout: '60s', totalTimeout: '60s' });
    const unwrap = key.unwrap.bind(key);
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    key.unwrap = async (wrapped) => {
      const dataKey = unwrap(wrapped);
      await gate;
      return dataKey;
    };
    const flood = Promise.allSettled(sealed.map((payload) => codec.decode([payload], workflowContext())));
    while (key.unwraps < 32) await setImmediate();
    // None of those under way ends, and 288 stand in the queue.
    await codec.encode([jsonPayload('mine')]);
    expect(key.unwraps).toBe(32);
    release();
    await flood;
    expect(key.unwraps).toBe(320);
  });

  it('a deadline covers the time in the queue', async () => {
    const key = new SlowKey('key/', 200);
    const sealed = await sealedBy(key, 60);
    const codec = codecWith(key, {}, { maxConcurrent: 2, totalTimeout: '500ms' });
    const start = performance.now();
    const results = await Promise.allSettled(sealed.map((payload) => codec.decode([payload])));
    expect(performance.now() - start).toBeLessThan(2_000);
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(2);
    const [late] = results.filter((result) => result.status === 'rejected');
    expect(late?.reason).toMatchObject({ reason: 'timeout' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(key.underWay).toBe(0);
    expect(key.unwraps).toBeLessThan(12);
  });

  it("one tenant's outages close the breaker to that tenant only, and another's are found out by one more", async () => {
    const key = new SlowKey('key/', 0);
    key.refusal = 'timeout';
    const sealed = await sealedBy(key, 6);
    const codec = codecWith(key);
    for (const payload of crafted(8)) {
      await rejectionOf(() => codec.decode([payload], workflowContext('evil')));
    }
    expect(key.unwraps).toBe(5);
    for (const payload of sealed) {
      expect(await codec.decode([payload], workflowContext('shop'))).toHaveLength(1);
      await rejectionOf(() => codec.decode(crafted(1), workflowContext('evil')));
    }
  });

  it('a flood of one caller does not use up what another may ask in vain', async () => {
    // The time stands still: what may be asked in vain comes back by the second.
    jest.useFakeTimers();
    const key = new SlowKey('key/', 0);
    const codec = codecWith(key);
    for (const payload of crafted(FRUITLESS_BURST + 20)) {
      await rejectionOf(() => codec.decode([payload], undefined, { caller: 'mallory' }));
    }
    const asked = key.unwraps;
    const refused = await rejectionOf(() => codec.decode(crafted(1), undefined, { caller: 'mallory' }));
    expect(refused).toMatchObject({ reason: 'throttled' });
    const other = await rejectionOf(() => codec.decode(crafted(1), undefined, { caller: 'ada' }));
    expect(other).toMatchObject({ reason: 'rejected-ciphertext' });
    expect(key.unwraps).toBe(asked + 1);
    await jest.advanceTimersByTimeAsync(60_000);
    const later = await rejectionOf(() => codec.decode(crafted(1), undefined, { caller: 'mallory' }));
    expect(later).toMatchObject({ reason: 'rejected-ciphertext' });
  });
});
