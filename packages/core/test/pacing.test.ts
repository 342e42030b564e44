import { afterEach, describe, expect, it } from '@jest/globals';

import { EnvelopeCodec, Keyring } from '../src';
import { jsonPayload } from './support/json-payload';
import { TestKey } from './support/test-key';

const PAYLOADS = 20_000;

let codec: EnvelopeCodec | undefined;
afterEach(() => {
  codec?.close();
});

/** Turns of the event loop that others get while `work` goes on, for each second of it. */
async function turnsPerSecond(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let goesOn = true;
  const count = (): void => {
    turns += 1;
    if (goesOn) setImmediate(count);
  };
  const start = performance.now();
  setImmediate(count);
  await work();
  goesOn = false;
  return (turns * 1000) / (performance.now() - start);
}

describe('a long array', () => {
  it('lets others have the event loop, to encode and to decode', async () => {
    codec = new EnvelopeCodec({ keyring: new Keyring({ primary: new TestKey('a') }) });
    const payloads = Array.from({ length: PAYLOADS }, (_, index) => jsonPayload(index));
    const used = codec;
    let sealed = await used.encode(payloads.slice(0, 1));
    // A slice is 8 ms, so that 125 are in a second; a third of it allows for whatever else the machine does.
    expect(await turnsPerSecond(async () => (sealed = await used.encode(payloads)))).toBeGreaterThan(40);
    expect(await turnsPerSecond(() => used.decode(sealed))).toBeGreaterThan(40);
    expect(await used.decode(sealed)).toEqual(payloads);
  });

  it('of payloads that are passed on does so too', async () => {
    codec = new EnvelopeCodec({ keyring: new Keyring({ primary: new TestKey('a') }) });
    const used = codec;
    const payloads = Array.from({ length: 20 * PAYLOADS }, () => jsonPayload(1));
    expect(await turnsPerSecond(() => used.decode(payloads))).toBeGreaterThan(40);
  });
});
