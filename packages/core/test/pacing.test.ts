import { afterEach, describe, expect, it } from '@jest/globals';
import type { Payload } from '@temporalio/common';
import { jsonPayload } from '@waxseal/test-support';

import { EnvelopeCodec, Keyring } from '../src';
import { TestKey } from './support/test-key';

const PAYLOADS = 20_000;

let codec: EnvelopeCodec | undefined;
afterEach(() => {
  codec?.close();
});

/**
 * Turns of the event loop that others get while `work` goes on, for each second of the processor's time: what
 * else the machine does makes slices shorter, and so there are more.
 */
async function turnsPerSecond(work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  const turns = await turnsDuring(work);
  const { user, system } = process.cpuUsage(start);
  return (turns * 1_000_000) / (user + system);
}

/** Turns of the event loop that others get while `work` goes on. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let goesOn = true;
  const count = (): void => {
    turns += 1;
    if (goesOn) setImmediate(count);
  };
  setImmediate(count);
  try {
    await work();
  } finally {
    goesOn = false;
  }
  return turns;
}

describe('a long array', () => {
  it('lets others have the event loop, to encode and to decode', async () => {
    const keyring = new Keyring({ primary: new TestKey('a') });
    codec = new EnvelopeCodec({ keyring, payloadLimitBytes: Infinity });
    const payloads = Array.from({ length: PAYLOADS }, (_, index) => jsonPayload(index));
    const used = codec;
    let sealed = await used.encode(payloads.slice(0, 1));
    // A slice is 3 ms, so that 300 are in a second; a twelfth of it allows for the threads that collect
    // garbage.
    expect(await turnsPerSecond(async () => (sealed = await used.encode(payloads)))).toBeGreaterThan(25);
    expect(await turnsPerSecond(() => used.decode(sealed))).toBeGreaterThan(25);
    expect(await used.decode(sealed)).toEqual(payloads);
  });

  it('of large payloads does so after each few of them, and so do calls at the same time', async () => {
    const keyring = new Keyring({ primary: new TestKey('a') });
    codec = new EnvelopeCodec({ keyring, payloadLimitBytes: Infinity });
    const used = codec;
    // Each takes a millisecond or more: looked at after sixteen of them, the clock would give no turn.
    const large = Array.from({ length: 24 }, () => ({ metadata: {}, data: new Uint8Array(2 ** 22) }));
    let sealed = await used.encode(large.slice(0, 1));
    expect(await turnsDuring(async () => (sealed = await used.encode(large)))).toBeGreaterThan(3);
    expect(await turnsDuring(() => used.decode(sealed))).toBeGreaterThan(3);
    const each = (work: (payload: Payload) => Promise<unknown>, all: readonly Payload[]) =>
      turnsDuring(() => Promise.all(all.map(work)));
    expect(await each((payload) => used.encode([payload]), large)).toBeGreaterThan(3);
    expect(await each((payload) => used.decode([payload]), sealed)).toBeGreaterThan(3);
  });

  it('of payloads that are passed on does so too', async () => {
    codec = new EnvelopeCodec({ keyring: new Keyring({ primary: new TestKey('a') }) });
    const used = codec;
    const payloads = Array.from({ length: 20 * PAYLOADS }, () => jsonPayload(1));
    expect(await turnsPerSecond(() => used.decode(payloads))).toBeGreaterThan(25);
  });
});
