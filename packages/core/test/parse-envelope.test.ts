import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { type InvalidVector, bytes, readVectors, writeContext } from '@waxseal/test-support/vectors';

import { parseEnvelope } from '../src/internal';
import { validVectors } from './vectors/valid-vectors';

/** Version, suite, salt and commitment. */
const FIXED = bytes.join(Buffer.of(1, 1), Buffer.alloc(64));
const AFTER_CONTEXT = bytes.join(FIXED, bytes.u16(0));
const AFTER_FIRST_KEY = bytes.join(AFTER_CONTEXT, bytes.u8(2), bytes.prefixed(Buffer.of(1)));
const PREFIXES: Readonly<Record<string, Buffer>> = {
  context: FIXED,
  'context key': bytes.join(FIXED, bytes.u16(4)),
  'context value': bytes.join(FIXED, bytes.u16(5), bytes.prefixed(bytes.text('k'))),
  'wrapped key': bytes.join(AFTER_CONTEXT, bytes.u8(1)),
  'second key ID': AFTER_FIRST_KEY,
  'second wrapped key': bytes.join(AFTER_FIRST_KEY, bytes.prefixed(bytes.text('k'))),
};

afterEach(() => {
  jest.restoreAllMocks();
});

describe('parseEnvelope', () => {
  it.each(Object.keys(PREFIXES))('allocates nothing for a length of the %s that is not there', (field) => {
    const inputs = [65_535, 4096, 1024, 64, 7].map((length) =>
      bytes.join(PREFIXES[field] ?? Buffer.alloc(0), bytes.u16(length)),
    );
    const allocations = (['alloc', 'allocUnsafe', 'allocUnsafeSlow', 'concat'] as const).map((name) =>
      jest.spyOn(Buffer, name),
    );
    const before = process.memoryUsage().arrayBuffers;
    for (let round = 0; round < 100; round++) {
      for (const input of inputs) {
        expect(() => parseEnvelope('orders/v1', input)).toThrow(/outside|truncated/);
      }
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4096);
    for (const allocation of allocations) expect(allocation).not.toHaveBeenCalled();
  });

  it('reads no more wrapped keys than there are, whatever their number says', () => {
    for (const count of [0, 9, 255]) {
      const input = bytes.join(
        AFTER_CONTEXT,
        bytes.u8(count),
        bytes.prefixed(Buffer.of(1)),
        Buffer.alloc(16),
      );
      expect(() => parseEnvelope('orders/v1', input)).toThrow(`${String(count)} wrapped keys`);
    }
  });

  it('gives views of the data, and copies nothing but wrapped keys', () => {
    const data = bytes.join(
      FIXED,
      bytes.prefixed(writeContext([['namespace', 'default']])),
      bytes.u8(2),
      bytes.prefixed(Buffer.alloc(61)),
      bytes.prefixed(bytes.text('break-glass')),
      bytes.prefixed(Buffer.alloc(4096)),
      Buffer.alloc(100_000),
      Buffer.alloc(16),
    );
    const { wrappedKeys, header, ciphertext, tag } = parseEnvelope('orders/v1', data);
    for (const view of [header, ciphertext, tag]) expect(view.buffer).toBe(data.buffer);
    // Envelopes that are alike share them, and do not keep the first one's payload for it.
    for (const { bytes: own } of wrappedKeys) expect(own.buffer).not.toBe(data.buffer);
    expect(ciphertext.length).toBe(100_000);
    expect(header.length + ciphertext.length + tag.length).toBe(data.length);
  });

  it('reads the same wrapped keys again only for the same key ID and the same bytes', () => {
    const envelope = (wrapped: number, namespace: string): Buffer =>
      bytes.join(
        FIXED,
        bytes.prefixed(writeContext([['namespace', namespace]])),
        bytes.u8(1),
        bytes.prefixed(Buffer.alloc(61, wrapped)),
        Buffer.alloc(16),
      );
    const read = (keyId: string, data: Buffer): [string, number, string | undefined] => {
      const { wrappedKeys, context } = parseEnvelope(keyId, data);
      return [wrappedKeys[0].keyId, wrappedKeys[0].bytes[60] ?? 0, context.get('namespace')];
    };
    const all = [1, 2, 3].flatMap((wrapped) =>
      ['a', 'b', 'ab'].flatMap((namespace) => ['k', 'l'].map((keyId) => ({ wrapped, namespace, keyId }))),
    );
    for (let round = 0; round < 400; round++) {
      const { wrapped, namespace, keyId } = all[(round * round * 7) % all.length] ?? {
        wrapped: 0,
        namespace: '',
        keyId: '',
      };
      expect(read(keyId, envelope(wrapped, namespace))).toEqual([keyId, wrapped, namespace]);
    }
  });

  it('reads data that lies inside a larger buffer', () => {
    const vector = validVectors().get('01-json-plain');
    const envelope = Buffer.from(vector?.outer.data ?? '', 'base64');
    const around = bytes.join(Buffer.alloc(13, 0xff), envelope, Buffer.alloc(7, 0xff));
    const inside = new Uint8Array(around.buffer, around.byteOffset + 13, envelope.length);
    expect(Buffer.from(parseEnvelope('orders/v1', inside).tag)).toEqual(envelope.subarray(-16));
    expect(parseEnvelope('orders/v1', inside).context).toEqual(new Map([['namespace', 'default']]));
  });

  it('says what to do about base64 text and about a later version', () => {
    expect(() => parseEnvelope('k', bytes.text('AQFA'))).toThrow('decode it first');
    expect(() => parseEnvelope('k', Buffer.of(2))).toThrow('Upgrade Waxseal');
    expect(() => parseEnvelope('k', Buffer.of(1, 9))).toThrow('Upgrade Waxseal');
  });
});

it('reads a context that a decoder refuses, for those who only look', () => {
  const [, vector] =
    readVectors<InvalidVector>('invalid').find(([name]) => name.endsWith('context-critical')) ?? [];
  const envelope = parseEnvelope('orders/v1', Buffer.from(vector?.outer.data ?? '', 'base64'));
  expect([...envelope.context.keys()]).toEqual(['must-tenant', 'namespace']);
});
