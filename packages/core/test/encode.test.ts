import { afterAll, describe, expect, it } from '@jest/globals';
import { jsonPayload } from '@waxseal/test-support';
import { vectorOfPayload } from '@waxseal/test-support/vectors';

import { EnvelopeCodec, Keyring } from '../src';
import { asBuffer } from '../src/base/bytes';
import { COMMITMENT_AT, FIXED_HEADER_BYTES, parseEnvelope, SALT_AT } from '../src/envelope/envelope';
import { only } from './support/only';
import { TestKey } from './support/test-key';
import { workflowContext } from './support/workflow-context';

const codec = new EnvelopeCodec({ keyring: new Keyring({ primary: new TestKey('orders/v1') }) });
const SIZES = [0, 1, 60, 1000, 4095, 4096, 5000, 70_000];

afterAll(() => {
  codec.close();
});

/** Whether `bytes` are all of their buffer, so that nothing else is kept or passed on with them. */
function isTight(bytes: Uint8Array | null | undefined): boolean {
  return bytes?.byteOffset === 0 && bytes.buffer.byteLength === bytes.length;
}

describe.each(SIZES)('a payload of %d bytes', (size) => {
  const payload = () => jsonPayload('x'.repeat(size));

  it('is not changed by encode, nor is the outer one by decode', async () => {
    const inner = Object.freeze(payload());
    Object.freeze(inner.metadata);
    const [outer = {}] = await codec.encode(Object.freeze([inner]) as (typeof inner)[], workflowContext());
    expect(inner).toEqual(payload());
    const before = vectorOfPayload(outer);
    Object.freeze(outer.metadata);
    await codec.decode(Object.freeze([Object.freeze(outer)]) as (typeof outer)[], workflowContext());
    expect(vectorOfPayload(outer)).toEqual(before);
  });

  it('comes out in memory that only envelopes share, and opened in its own', async () => {
    const outers = await codec.encode([payload(), payload()], workflowContext());
    const inners = await codec.decode(outers, workflowContext());
    for (const { data, metadata } of [...outers, ...inners]) {
      for (const bytes of [data, ...Object.values(metadata ?? {})]) {
        expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
      }
    }
    for (const { data, metadata } of outers) {
      expect(Object.values(metadata ?? {}).every(isTight)).toBe(true);
      const isShort = (data?.length ?? 0) <= 4096;
      expect(isShort ? data?.buffer.byteLength : isTight(data)).toBe(isShort ? 8192 : true);
    }
    const buffers = inners.map(({ data, metadata }) => {
      const all = [data, ...Object.values(metadata ?? {})].map((bytes) => bytes?.buffer);
      // What was opened for this payload, and for no other.
      expect(new Set(all).size).toBe(1);
      expect(all[0]?.byteLength).toBeLessThanOrEqual(size + 100);
      return all[0];
    });
    expect(buffers[0]).not.toBe(buffers[1]);
    for (const { data } of outers) data?.fill(0);
    expect(inners).toEqual([payload(), payload()]);
  });

  it('is another envelope each time, of a length that the plaintext decides', async () => {
    const [first = {}, second = {}] = await codec.encode([payload(), payload()]);
    expect(vectorOfPayload(first)).not.toEqual(vectorOfPayload(second));
    expect(first.data?.length).toBe(second.data?.length);
    const envelopes = [first, second].map(({ data }) => parseEnvelope('orders/v1', data ?? new Uint8Array()));
    const hexOf = (start: number, end: number) =>
      envelopes.map(({ header }) => asBuffer(header).toString('hex', start, end));
    expect(new Set(hexOf(SALT_AT, COMMITMENT_AT)).size).toBe(2);
    expect(new Set(hexOf(COMMITMENT_AT, FIXED_HEADER_BYTES)).size).toBe(2);
  });
});

it('envelopes share memory with each other alone, and none can be transferred away with it', async () => {
  const sealed = await codec.encode(Array.from({ length: 40 }, () => jsonPayload('x'.repeat(1000))));
  const views = sealed.map(({ data }) => data as Uint8Array);
  const spans = views.map(({ buffer, byteOffset, length }) => ({
    buffer,
    start: byteOffset,
    end: byteOffset + length,
  }));
  for (const [index, one] of spans.entries()) {
    for (const other of spans.slice(index + 1)) {
      expect(one.buffer !== other.buffer || one.end <= other.start || other.end <= one.start).toBe(true);
    }
  }
  const [{ buffer }] = views as [Uint8Array];
  expect(new Set(spans.map((span) => span.buffer)).size).toBeLessThan(views.length);
  // What no envelope has been written to is zero, and not what was there before.
  const covered = new Uint8Array(buffer.byteLength);
  for (const span of spans) if (span.buffer === buffer) covered.fill(1, span.start, span.end);
  const all = new Uint8Array(buffer);
  const before = Math.min(...spans.filter((span) => span.buffer === buffer).map(({ start }) => start));
  expect(all.filter((byte, at) => at >= before && covered[at] === 0 && byte !== 0)).toEqual(new Uint8Array());
  const { port1 } = new MessageChannel();
  try {
    port1.postMessage(views[0], [buffer as ArrayBuffer]);
  } catch {
    // Node.js 20 copies in the place of transferring; later releases refuse.
  }
  port1.close();
  expect(views[0]?.length).toBeGreaterThan(0);
});

describe('encode', () => {
  it('gives each envelope a salt of its own, past the end of its pool too', async () => {
    const sealed = await codec.encode(Array.from({ length: 1000 }, () => jsonPayload(1)));
    const salts = sealed.map(({ data }) => Buffer.from(data?.subarray(2, 34) ?? []).toString('hex'));
    expect(new Set(salts).size).toBe(1000);
    // The same 8 bytes twice would mean that a piece of the pool was given out twice.
    expect(new Set(salts.map((salt) => salt.slice(16, 32))).size).toBe(1000);
  });

  it('gives nothing for nothing', async () => {
    expect(await codec.encode([])).toEqual([]);
    expect(await codec.decode([])).toEqual([]);
  });

  it('keeps the order of many payloads', async () => {
    const payloads = Array.from({ length: 50 }, (_, index) => jsonPayload(index));
    expect(await codec.decode(await codec.encode(payloads))).toEqual(payloads);
  });

  it('hides the metadata too', async () => {
    const outer = only(await codec.encode([jsonPayload('4111111111111111')]));
    expect(Object.keys(outer.metadata ?? {}).sort()).toEqual(['encoding', 'encryption-key-id']);
    const all = Buffer.from(outer.data ?? []).toString('latin1');
    expect(all).not.toContain('json/plain');
    expect(all).not.toContain('4111111111111111');
  });
});

describe('the memory in which a plaintext is put together', () => {
  const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array;

  /** Where `source` is copied to while `act` runs, besides what Node.js itself copies. */
  async function copiesOf(source: unknown, act: () => Promise<unknown>): Promise<Uint8Array[]> {
    const copies: Uint8Array[] = [];
    const { set } = typedArray;
    typedArray.set = function (this: Uint8Array, ...args) {
      if (args[0] === source) copies.push(this);
      set.apply(this, args);
    };
    try {
      await act();
    } finally {
      typedArray.set = set;
    }
    return copies;
  }

  it('is zeroed once it is sealed', async () => {
    await codec.warmUp();
    const payload = jsonPayload('secret'.repeat(100));
    const copies = await copiesOf(payload.data, () => codec.encode([payload]));
    expect(copies).toHaveLength(1);
    expect(copies[0]?.every((byte) => byte === 0)).toBe(true);
  });

  it('is not that of a payload that is encoded meanwhile', async () => {
    await codec.warmUp();
    const inner = jsonPayload('the payload that comes between');
    const others: Promise<unknown>[] = [];
    let reads = 0;
    const metadata = {
      encoding: Buffer.from('json/plain'),
      // Read once for its length, and once when it is copied, behind the first entry.
      get last() {
        reads += 1;
        if (reads === 2) others.push(codec.encode([inner]).then((sealed) => codec.decode(sealed)));
        return Buffer.from('value');
      },
    };
    const outer = { metadata, data: Buffer.from('"the first payload"') };
    const opened = await codec.decode(await codec.encode([outer]));
    expect(Buffer.from(opened[0]?.data ?? []).toString()).toBe('"the first payload"');
    expect(others).toHaveLength(1);
    expect(await others[0]).toEqual([inner]);
  });
});
