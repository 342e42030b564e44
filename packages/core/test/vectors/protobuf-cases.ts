import { type VectorPayload, bytes, protobuf } from '@waxseal/test-support/vectors';

import { payloadOf } from './payload-of';
import type { ValidCase } from './valid-vector';

const ORDER = payloadOf([['encoding', 'json/plain']], '{"orderId":"A-1001"}');
const ENTRY = protobuf.metadataEntry('encoding', bytes.text('json/plain'));
const DATA = protobuf.data(bytes.text('{"orderId":"A-1001"}'));
const INNER_GROUP = bytes.join(
  protobuf.varintField(1, 7),
  protobuf.group(2, protobuf.field(3, bytes.text('x'))),
);

function external(...sizes: readonly string[]): VectorPayload {
  return { ...ORDER.inner, externalPayloads: sizes.map((sizeBytes) => ({ sizeBytes })) };
}

/** `size_bytes`, as the ten bytes or fewer of a signed 64-bit varint. */
function size(value: bigint): Buffer {
  const out: number[] = [];
  let left = BigInt.asUintN(64, value);
  for (; left >= 0x80n; left >>= 7n) out.push(Number(left & 0x7fn) + 0x80);
  out.push(Number(left));
  return protobuf.field(3, bytes.join(protobuf.varint(8), Buffer.from(out)));
}

function metadata(...entries: readonly (readonly [name: string, value: string])[]): VectorPayload {
  return {
    metadata: Object.fromEntries(
      entries.map(([name, value]) => [name, bytes.text(value).toString('base64')]),
    ),
    data: ORDER.inner.data,
  };
}

/** Encodings of a payload that a decoder must accept (§2.2). */
export const PROTOBUF_CASES: readonly ValidCase[] = [
  {
    name: '43-groups',
    description: 'Protobuf with unknown groups: in the payload, one in another, and in a metadata entry.',
    inner: ORDER.inner,
    plaintext: bytes.join(
      protobuf.group(5, INNER_GROUP),
      protobuf.field(
        1,
        bytes.join(
          protobuf.group(9, Buffer.alloc(0)),
          protobuf.field(1, bytes.text('encoding')),
          protobuf.field(2, bytes.text('json/plain')),
        ),
      ),
      DATA,
      protobuf.group(5, protobuf.group(5, INNER_GROUP)),
    ),
  },
  {
    name: '44-unknown-fields-of-every-width',
    description: 'Unknown fields of 64 and 32 bits, a varint of ten bytes, and field number 536,870,911.',
    inner: ORDER.inner,
    plaintext: bytes.join(
      protobuf.varint(7 * 8 + 1),
      bytes.sequence(0, 8),
      ENTRY,
      protobuf.varint(8 * 8 + 5),
      bytes.sequence(0, 4),
      protobuf.varint(9 * 8),
      Buffer.from('ffffffffffffffffff01', 'hex'),
      DATA,
      protobuf.field(536_870_911, bytes.text('last')),
    ),
  },
  {
    name: '45-unknown-fields-within',
    description: 'Unknown fields in a metadata entry and in an external payload.',
    inner: external('7'),
    plaintext: bytes.join(
      protobuf.field(
        1,
        bytes.join(
          protobuf.varintField(3, 1),
          protobuf.field(1, bytes.text('encoding')),
          protobuf.field(2, bytes.text('json/plain')),
          protobuf.field(4, bytes.text('x')),
        ),
      ),
      DATA,
      protobuf.field(3, bytes.join(protobuf.field(2, bytes.text('x')), protobuf.varintField(1, 7))),
    ),
  },
  {
    name: '46-sizes-at-limits',
    description: 'External payloads of −1, −2^63 and 2^63 − 1 bytes, and one that says no size.',
    inner: external('-1', '-9223372036854775808', '9223372036854775807', '0'),
    plaintext: bytes.join(
      ENTRY,
      DATA,
      size(-1n),
      size(-(2n ** 63n)),
      size(2n ** 63n - 1n),
      protobuf.field(3, Buffer.alloc(0)),
    ),
  },
  {
    name: '47-size-written-twice',
    description:
      'An external payload whose size stands twice: the last one counts. Between others, in order.',
    inner: external('3', '2', '1'),
    plaintext: bytes.join(
      protobuf.externalPayload(3),
      ENTRY,
      protobuf.field(3, bytes.join(protobuf.varintField(1, 9), protobuf.varintField(1, 2))),
      DATA,
      protobuf.externalPayload(1),
    ),
  },
  {
    name: '48-entry-without-value',
    description: 'A metadata entry that has a name only: its value is empty.',
    inner: metadata(['encoding', 'json/plain'], ['flag', '']),
    plaintext: bytes.join(ENTRY, protobuf.field(1, protobuf.field(1, bytes.text('flag'))), DATA),
  },
  {
    name: '49-entry-without-name',
    description: 'A metadata entry that has a value only: its name is empty.',
    inner: metadata(['encoding', 'json/plain'], ['', 'value']),
    plaintext: bytes.join(ENTRY, protobuf.field(1, protobuf.field(2, bytes.text('value'))), DATA),
  },
  {
    name: '50-entry-without-anything',
    description: 'A metadata entry of 0 bytes, which takes the place of one with an empty name.',
    inner: metadata(['encoding', 'json/plain'], ['', '']),
    plaintext: bytes.join(
      ENTRY,
      protobuf.metadataEntry('', bytes.text('first')),
      protobuf.field(1, Buffer.alloc(0)),
      DATA,
    ),
  },
  {
    name: '51-entry-with-two-values',
    description: 'A metadata entry with two names and two values: the last of each counts.',
    inner: metadata(['encoding', 'json/plain']),
    plaintext: bytes.join(
      protobuf.field(
        1,
        bytes.join(
          protobuf.field(2, bytes.text('first')),
          protobuf.field(1, bytes.text('other')),
          protobuf.field(1, bytes.text('encoding')),
          protobuf.field(2, bytes.text('json/plain')),
        ),
      ),
      DATA,
    ),
  },
  {
    name: '52-padding',
    description: 'Field 2047, which is kept for padding, is skipped.',
    inner: ORDER.inner,
    plaintext: bytes.join(ENTRY, DATA, protobuf.field(2047, Buffer.alloc(100))),
  },
  {
    name: '53-long-varints',
    description: 'Tags and lengths that are written in five bytes.',
    inner: ORDER.inner,
    plaintext: bytes.join(
      Buffer.from('8a80808000', 'hex'),
      Buffer.from('9680808000', 'hex'),
      ENTRY.subarray(2),
      Buffer.from('9280808000', 'hex'),
      DATA.subarray(1),
    ),
  },
  {
    name: '75-empty-data-last',
    description: 'Data that stands twice, the last time with 0 bytes.',
    inner: { ...ORDER.inner, data: '' },
    plaintext: bytes.join(ENTRY, DATA, protobuf.data(Buffer.alloc(0))),
  },
  {
    name: '76-empty-value-last',
    description: 'A metadata entry with two values, the last of them empty.',
    inner: metadata(['encoding', 'json/plain'], ['flag', '']),
    plaintext: bytes.join(
      ENTRY,
      protobuf.field(
        1,
        bytes.join(
          protobuf.field(1, bytes.text('flag')),
          protobuf.field(2, bytes.text('first')),
          protobuf.field(2, Buffer.alloc(0)),
        ),
      ),
      DATA,
    ),
  },
  {
    name: '77-size-0-last',
    description: 'An external payload whose size stands twice, the last time as 0.',
    inner: external('0'),
    plaintext: bytes.join(
      ENTRY,
      DATA,
      protobuf.field(3, bytes.join(protobuf.varintField(1, 9), protobuf.varintField(1, 0))),
    ),
  },
  {
    name: '78-unknown-number-after-the-size',
    description: 'An external payload with an unknown number after its size.',
    inner: external('7'),
    plaintext: bytes.join(
      ENTRY,
      DATA,
      protobuf.field(3, bytes.join(protobuf.varintField(1, 7), protobuf.varintField(2, 9))),
    ),
  },
  {
    name: '79-field-numbers-above-255',
    description: 'Unknown fields 257 and 258, whose numbers end in the byte of a known one.',
    inner: ORDER.inner,
    plaintext: bytes.join(
      ENTRY,
      DATA,
      protobuf.field(257, bytes.text('x')),
      protobuf.field(258, bytes.text('y')),
    ),
  },
  {
    name: '80-groups-100-deep',
    description: 'Groups in groups, 100 of them.',
    inner: ORDER.inner,
    plaintext: bytes.join(
      ENTRY,
      Array.from({ length: 100 }).reduce<Buffer>((inside) => protobuf.group(5, inside), Buffer.alloc(0)),
      DATA,
    ),
  },
  {
    name: '81-every-width-in-a-group',
    description: 'A group with a long varint, and fields of 64 and of 32 bits.',
    inner: ORDER.inner,
    plaintext: bytes.join(
      ENTRY,
      protobuf.group(
        5,
        bytes.join(
          protobuf.varintField(1, 300),
          protobuf.varint(2 * 8 + 1),
          bytes.sequence(0, 8),
          protobuf.varint(3 * 8 + 5),
          bytes.sequence(0, 4),
        ),
      ),
      DATA,
    ),
  },
  {
    name: '82-every-width-within',
    description: 'Groups and fields of 64 and of 32 bits in a metadata entry and in an external payload.',
    inner: external('7'),
    plaintext: bytes.join(
      protobuf.field(
        1,
        bytes.join(
          protobuf.varint(5 * 8 + 1),
          bytes.sequence(0, 8),
          protobuf.field(1, bytes.text('encoding')),
          protobuf.varint(6 * 8 + 5),
          bytes.sequence(0, 4),
          protobuf.field(2, bytes.text('json/plain')),
        ),
      ),
      DATA,
      protobuf.field(
        3,
        bytes.join(
          protobuf.group(5, INNER_GROUP),
          protobuf.varint(5 * 8 + 1),
          bytes.sequence(0, 8),
          protobuf.varintField(1, 7),
          protobuf.varint(6 * 8 + 5),
          bytes.sequence(0, 4),
        ),
      ),
    ),
  },
  {
    name: '83-number-longer-than-needed',
    description: 'An unknown number and a size that are written longer than needed.',
    inner: external('0'),
    plaintext: bytes.join(
      ENTRY,
      Buffer.from('788000', 'hex'),
      DATA,
      protobuf.field(3, Buffer.from('088000', 'hex')),
    ),
  },
];
