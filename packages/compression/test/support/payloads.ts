import type { Payload } from '@temporalio/common';
import { serializePayload } from '@waxseal/core/internal';
import fc from 'fast-check';

/** A payload of JSON that becomes smaller. */
export function orders(count = 12): Payload {
  const list = Array.from({ length: count }, (_, id) => ({
    id,
    sku: `SKU-${String(id)}`,
    status: 'shipped',
  }));
  return payload('json/plain', JSON.stringify(list));
}

/** A payload in an encoding. */
export function payload(encoding: string, data: string | Uint8Array = ''): Payload {
  return {
    metadata: { encoding: new Uint8Array(Buffer.from(encoding)) },
    data: new Uint8Array(typeof data === 'string' ? Buffer.from(data) : data),
  };
}

/** The data of a payload, or of none. */
export function dataOf(each: Payload | undefined): Buffer {
  return Buffer.from(each?.data ?? new Uint8Array());
}

export function encodingOf(each: Payload | undefined): string {
  return Buffer.from(each?.metadata?.['encoding'] ?? new Uint8Array()).toString();
}

/** What protobuf makes of a payload: two are the same where this is, whatever they leave out. */
export function bytesOf(each: Payload | undefined): Buffer {
  const names = Object.keys(each?.metadata ?? {}).sort();
  const metadata = Object.fromEntries(
    names.map((name) => [name, each?.metadata?.[name] ?? new Uint8Array()]),
  );
  return Buffer.concat(serializePayload({ ...each, metadata, data: each?.data ?? new Uint8Array() }));
}

const BYTES = fc.oneof(
  fc.uint8Array({ maxLength: 3_000 }),
  fc
    .tuple(fc.uint8Array({ minLength: 1, maxLength: 30 }), fc.nat(3_000))
    .map(([piece, times]) =>
      Uint8Array.from({ length: times }, (_, index) => piece[index % piece.length] ?? 0),
    ),
);

const METADATA = fc.dictionary(
  fc.oneof(
    fc.constantFrom('messageType', '__proto__', 'toString'),
    fc.string({ unit: 'grapheme', maxLength: 20 }),
  ),
  fc.uint8Array({ maxLength: 100 }),
  { maxKeys: 5 },
);

/** Any payload: of any encoding, those of the codecs among them, and of none. */
export const ANY_PAYLOAD: fc.Arbitrary<Payload> = fc
  .record({
    encoding: fc.constantFrom(undefined, 'json/plain', 'binary/null', 'binary/zlib', 'binary/zstd'),
    metadata: fc.option(METADATA, { nil: null }),
    data: fc.option(BYTES, { nil: null }),
  })
  .map(({ encoding, metadata, data }) => {
    if (encoding === undefined) return { metadata, data };
    const own = { encoding: new Uint8Array(Buffer.from(encoding)) };
    return { metadata: { ...metadata, ...own }, data };
  });
