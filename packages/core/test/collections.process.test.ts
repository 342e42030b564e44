import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { describe, expect, it } from '@jest/globals';

/**
 * What the programs share. They run the compiled package, alone in a process whose garbage collections they
 * force.
 */
const PRELUDE = `
const { getEventListeners } = require('node:events');
const { setTimeout: sleep } = require('node:timers/promises');
const { EnvelopeCodec, Keyring } = require('@waxseal/core');
const { requestKeyService } = require('@waxseal/core/provider');
const never = () => new Promise(() => undefined);
/** Makes garbage and collects it, for so many milliseconds. */
const collectFor = async (ms) => {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    Array.from({ length: 1_000 }, () => new AbortController());
    global.gc();
    await sleep(20);
  }
};
const print = (seen) => console.log(JSON.stringify(seen));
`;

async function run(program: string): Promise<Record<string, number>> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--expose-gc', '-e', `${PRELUDE}(async () => {${program}})();`],
    { cwd: __dirname, timeout: 200_000 },
  );
  return JSON.parse(stdout) as Record<string, number>;
}

describe('deadlines are kept under garbage collection', () => {
  it.each(['', 'signal: new AbortController().signal,'])(
    'of 200 requests whose service never answers (%s)',
    async (signal) => {
      const seen = await run(`
        let attempts = 0;
        const started = performance.now();
        const requests = Array.from({ length: 200 }, () => requestKeyService({
          keyId: 'k',
          options: { ${signal} limits: { attemptTimeoutMs: 300, totalTimeoutMs: 5_000, maxAttempts: 2 } },
          attempt: () => (attempts += 1, never()),
          explain: (cause) => ({ reason: 'unknown', cause }),
        }).then(() => 'answered', (error) => error.reason));
        const collected = collectFor(1_500);
        const reasons = await Promise.all(requests);
        const ms = performance.now() - started;
        await collected;
        print({ attempts, timeouts: reasons.filter((reason) => reason === 'timeout').length, ms });`);
      expect(seen).toMatchObject({ attempts: 400, timeouts: 200 });
      // Twice 300 ms and a backoff; without the deadlines of attempts it would be 5 s.
      expect(seen['ms']).toBeLessThan(3_500);
    },
  );

  it('of a codec that encodes and decodes', async () => {
    const seen = await run(`
      const keyring = (unwrap) => new Keyring({
        primary: { id: 'k', bindsAad: false, wrap: async (dataKey) => ({ keyId: 'k', bytes: Buffer.from(dataKey) }), unwrap },
        requests: { totalTimeout: '500ms' },
      });
      const payload = { metadata: {}, data: Buffer.from('1') };
      const sealed = await new EnvelopeCodec({ keyring: keyring(never) }).encode([payload]);
      const hanging = new Keyring({ primary: { id: 'k', bindsAad: false, wrap: never, unwrap: never }, requests: { totalTimeout: '500ms' } });
      const codec = new EnvelopeCodec({ keyring: hanging });
      const started = performance.now();
      const ends = [codec.encode([payload]), codec.decode(sealed)].map((end) => end.catch((error) => error.reason));
      const collected = collectFor(1_000);
      const reasons = await Promise.all(ends);
      const ms = performance.now() - started;
      await collected;
      print({ timeouts: reasons.filter((reason) => reason === 'timeout').length, ms });`);
    expect(seen['timeouts']).toBe(2);
    expect(seen['ms']).toBeLessThan(3_000);
  });
});

describe('requests leave nothing behind', () => {
  // `npm run attacks` makes a million. What each left, were it one reference, would be seen of these too.
  it('on a signal that lives on, nor in memory: 135,000 at 8 bytes each would be seen', async () => {
    const seen = await run(`
      const { signal } = new AbortController();
      const request = { keyId: 'k', options: { signal }, attempt: async () => 1, explain: (cause) => ({ reason: 'unknown', cause }) };
      const heaps = [];
      for (let part = 0; part < 10; part++) {
        for (let count = 0; count < 150; count++) {
          await Promise.all(Array.from({ length: 100 }, () => requestKeyService(request)));
        }
        await sleep(1);
        global.gc();
        heaps.push(process.memoryUsage().heapUsed);
      }
      print({ grownMiB: (heaps.at(-1) - heaps[0]) / 2 ** 20, listeners: getEventListeners(signal, 'abort').length });`);
    expect(seen['listeners']).toBe(0);
    expect(seen['grownMiB']).toBeLessThan(0.5);
  }, 210_000);

  it('of a codec that unwraps 20,000 data keys and keeps ten', async () => {
    const seen = await run(`
      const wrap = async (dataKey) => ({ keyId: 'k', bytes: Buffer.from(dataKey) });
      const keyring = new Keyring({ primary: { id: 'k', bindsAad: false, wrap, unwrap: async ({ bytes }) => new Uint8Array(bytes) } });
      const writer = new EnvelopeCodec({ keyring, dataKeys: { maxMessages: 1, cacheCapacity: 10 } });
      const reader = new EnvelopeCodec({ keyring, dataKeys: { cacheCapacity: 10 } });
      const payload = { metadata: {}, data: Buffer.from('1') };
      const heaps = [];
      for (let part = 0; part < 5; part++) {
        for (let count = 0; count < 4_000; count++) await reader.decode(await writer.encode([payload]));
        await sleep(1);
        global.gc();
        heaps.push(process.memoryUsage().heapUsed);
      }
      print({ grownMiB: (heaps.at(-1) - heaps[0]) / 2 ** 20 });`);
    expect(seen['grownMiB']).toBeLessThan(2);
  }, 210_000);
});
