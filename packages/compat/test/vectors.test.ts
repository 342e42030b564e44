import { inflateSync } from 'node:zlib';

import { describe, expect, it } from '@jest/globals';
import type { Payload } from '@temporalio/common';
import { parsePayload } from '@waxseal/core/internal';
import { jsonPayload } from '@waxseal/test-support';
import fc from 'fast-check';

import type { PeerFormatError } from '../src';
import { allReaders, bytes, decodeThrough, readers, vector, VECTORS } from './support/peers';

/** All bytes of a payload that can be changed: values of metadata, and data. */
function places({ metadata, data }: Payload): readonly Uint8Array[] {
  return [...Object.values(metadata ?? {}), data ?? new Uint8Array()].filter(({ length }) => length > 0);
}

function copyOf({ metadata, data }: Payload): Payload {
  const entries = Object.entries(metadata ?? {}).map(([name, value]) => [name, bytes(value)] as const);
  return { metadata: Object.fromEntries(entries), data: bytes(data ?? new Uint8Array()) };
}

async function outcome(payload: Payload): Promise<Payload | Error | undefined> {
  try {
    const [decoded] = await decodeThrough(allReaders(), [payload]);
    return decoded;
  } catch (error) {
    return error as Error;
  }
}

describe('what others wrote', () => {
  it.each(VECTORS.map((one) => [one.name, one] as const))(
    'opens: %s',
    async (_name, { payload, inner, format }) => {
      const before = copyOf(payload);
      const [opened] = await readers()[format].decode([payload]);
      if (inner !== undefined) expect(opened).toEqual(inner);
      expect(payload).toEqual(before);
      // Also by a chain of all, in any order.
      expect(await decodeThrough(allReaders(), [payload])).toEqual([opened]);
      expect(await decodeThrough(allReaders().toReversed(), [payload])).toEqual([opened]);
    },
  );

  it('is handed on to compression, where that was done before', async () => {
    const [opened] = await decodeThrough(allReaders(), [vector('go-zlib-inside').payload]);
    expect(Buffer.from(opened?.metadata?.['encoding'] ?? []).toString()).toBe('binary/zlib');
    expect(parsePayload(inflateSync(opened?.data ?? new Uint8Array()))).toEqual(
      jsonPayload({ hello: 'world' }),
    );
  });

  it('opens as many at once, among others, in their places', async () => {
    const others = [
      jsonPayload(1),
      {},
      { metadata: { encoding: bytes('binary/envelope') }, data: bytes('x') },
    ];
    const payloads = VECTORS.flatMap(({ payload }, index) => [others[index % others.length] ?? {}, payload]);
    const decoded = await decodeThrough(allReaders(), payloads);
    expect(decoded).toHaveLength(payloads.length);
    for (const [index, { inner }] of VECTORS.entries()) {
      expect(decoded[2 * index]).toBe(payloads[2 * index]);
      if (inner !== undefined) expect(decoded[2 * index + 1]).toEqual(inner);
    }
  });

  it('shares no memory with what it came in', async () => {
    for (const { payload, format } of VECTORS) {
      const own = copyOf(payload);
      const [opened] = await readers()[format].decode([own]);
      const before = copyOf(opened ?? {});
      for (const place of places(own)) place.fill(0xee);
      expect(opened).toEqual(before);
      // Nor with what Node.js shares out: whoever has a payload could read what others wrote there.
      for (const place of places(opened ?? {})) {
        expect(place.buffer.byteLength).toBeLessThan(2 * (payload.data?.length ?? 0));
      }
    }
  });
});

describe('what was changed', () => {
  it.each(VECTORS.map((one) => [one.name, one] as const))(
    'never becomes another payload: %s',
    async (_name, { payload, format }) => {
      const [opened] = await readers()[format].decode([payload]);
      const sizes = places(payload).map(({ length }) => length);
      const total = sizes.reduce((sum, size) => sum + size, 0);
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 0, max: total - 1 }),
          fc.integer({ min: 0, max: 7 }),
          async (at, bit) => {
            const changed = copyOf(payload);
            let left = at;
            for (const place of places(changed)) {
              if (left >= 0 && left < place.length) place[left] = (place[left] ?? 0) ^ (1 << bit);
              left -= place.length;
            }
            const result = await outcome(changed);
            if (result instanceof Object && 'code' in result) {
              expect(result.code).toMatch(/^WAXSEAL_(PEER_FORMAT|KEY_SERVICE)$/);
            } else {
              // Another encoding is somebody else's; the name of the key alone is not authenticated.
              expect([changed, opened]).toContainEqual(result);
            }
          },
        ),
        { numRuns: format === 'aws-encryption-sdk' ? 15 : 60 },
      );
    },
    30_000,
  );

  it.each(VECTORS.map((one) => [one.name, one] as const))(
    'does not open cut short: %s',
    async (_name, { payload, format }) => {
      const data = payload.data ?? new Uint8Array();
      const lengths = [0, 1, 11, 12, 27, 28, 40, data.length - 17, data.length - 16, data.length - 1];
      for (const length of lengths.filter((one) => one >= 0 && one < data.length)) {
        const cut = { ...copyOf(payload), data: bytes(data.subarray(0, length)) };
        const result = (await outcome(cut)) as PeerFormatError;
        // Without the beginning of a token, nothing says that it was one.
        if (format === 'fernet' && !('code' in result) && result === (cut as unknown)) continue;
        expect(result).toMatchObject({ code: 'WAXSEAL_PEER_FORMAT' });
      }
    },
  );

  it('has one error, whatever was changed', async () => {
    const { payload } = vector('temporal-proxy-v0.5.1');
    const errors = await Promise.all(
      ['encryption-dek', 'data'].map(async (name) => {
        const changed = copyOf(payload);
        const place = name === 'data' ? changed.data : changed.metadata?.[name];
        if (place) place[20] = place[20] === 0x41 ? 0x42 : 0x41;
        return (await outcome(changed)) as Error;
      }),
    );
    expect(errors[0]?.message).toBe(errors[1]?.message);
    expect(errors[0]).toMatchObject({ reason: 'damaged' });
  });
});

describe('all else', () => {
  it('passes both ways, the same objects', async () => {
    const entry = fc.tuple(
      fc.constantFrom(
        'encoding',
        'encryption-key-id',
        'encryption-dek',
        'encryption-cipher',
        'x',
        '__proto__',
      ),
      fc.uint8Array({ maxLength: 40 }),
    );
    const encodings = fc.constantFrom('json/plain', 'binary/zlib', 'binary/envelope', 'binary/encrypte', '');
    await fc.assert(
      fc.asyncProperty(fc.array(entry), encodings, fc.uint8Array(), async (entries, encoding, data) => {
        const payload = { metadata: { ...Object.fromEntries(entries), encoding: bytes(encoding) }, data };
        for (const codec of allReaders()) {
          expect((await codec.decode([payload]))[0]).toBe(payload);
          expect((await codec.encode([payload]))[0]).toBe(payload);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('passes where there is no metadata, or none that is an object’s own', async () => {
    for (const payload of [{}, { metadata: null }, { metadata: {} }, { data: bytes('x') }]) {
      expect(await decodeThrough(allReaders(), [payload])).toEqual([payload]);
    }
  });
});
