import { type ValidVector, bytes, protobuf } from '@waxseal/test-support/vectors';

import { payloadOf } from './payload-of';
import { PROTOBUF_CASES } from './protobuf-cases';
import { SEARCH_CASES } from './search-cases';
import { TEXT_CASES } from './text-cases';
import { validVector, type ValidCase } from './valid-vector';

const ORDER = payloadOf([['encoding', 'json/plain']], '{"orderId":"A-1001"}');
const ARN = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const LIMIT_ENTRIES: readonly (readonly [string, string])[] = [
  ['a'.repeat(64), 'v'.repeat(1024)],
  ...Array.from({ length: 14 }, (_, i): [string, string] => [
    `k${String(i + 10)}-${'x'.repeat(60)}`,
    'w'.repeat(130),
  ]),
];

/** Fills what is left of the 4,096 bytes with a last entry. */
function contextAtLimits(): readonly (readonly [string, string])[] {
  const used = LIMIT_ENTRIES.reduce((sum, [key, value]) => sum + 4 + key.length + value.length, 0);
  return [...LIMIT_ENTRIES, ['z', 'z'.repeat(4096 - used - 5)]];
}

const CASES: readonly ValidCase[] = [
  {
    name: '01-json-plain',
    description:
      'A json/plain payload, bound to namespace "default", under one key. README.md goes through it byte by byte.',
    ...ORDER,
  },
  {
    name: '02-binary-plain',
    description: 'A binary/plain payload that holds every byte value.',
    ...payloadOf([['encoding', 'binary/plain']], bytes.sequence(0, 256)),
  },
  {
    name: '03-binary-null',
    description: 'A binary/null payload: metadata only, no data field.',
    ...payloadOf([['encoding', 'binary/null']]),
  },
  {
    name: '04-empty-payload',
    description: 'A payload without metadata and data: a plaintext and a ciphertext of 0 bytes.',
    ...payloadOf([]),
  },
  {
    name: '05-empty-data',
    description: 'A data field that is written, with 0 bytes. It means the same as none.',
    ...payloadOf([['encoding', 'binary/plain']], ''),
  },
  {
    name: '06-json-protobuf',
    description: 'Two metadata entries: encoding and messageType.',
    ...payloadOf(
      [
        ['encoding', 'json/protobuf'],
        ['messageType', 'orders.v1.Order'],
      ],
      '{"orderId":"A-1001"}',
    ),
  },
  {
    name: '07-odd-metadata',
    description:
      'Metadata names that are empty, not ASCII, or special in some language, and a value of 0 bytes.',
    ...payloadOf(
      [
        ['', 'empty name'],
        ['__proto__', 'a name like any other'],
        ['constructor', ''],
        ['clé-鍵-🔑', bytes.sequence(0xf0, 16)],
        ['encoding', 'binary/plain'],
      ],
      'x',
    ),
  },
  {
    name: '08-external-payloads',
    description: 'An inner payload with external_payloads, one of them larger than 2^32 bytes.',
    ...payloadOf([['encoding', 'json/plain']], '"stored elsewhere"', [1, 5_000_000_000]),
  },
  {
    name: '09-outer-external-payloads',
    description:
      'An outer payload with external_payloads: they are ignored and are no part of the inner payload.',
    ...ORDER,
    externalPayloads: [{ sizeBytes: '7' }],
  },
  {
    name: '10-large-payload',
    description: 'A payload of 10,000 bytes.',
    ...payloadOf([['encoding', 'binary/plain']], bytes.fixed('10-large-payload data', 10_000)),
  },
  {
    name: '11-envelope-in-envelope',
    description: 'An inner payload that is called binary/envelope itself. It is opened once.',
    ...payloadOf(
      [
        ['encoding', 'binary/envelope'],
        ['encryption-key-id', 'orders/v1'],
      ],
      'not looked at',
    ),
  },
  {
    name: '12-no-context',
    description: 'An empty encryption context. A reader that knows its namespace has nothing to compare.',
    ...ORDER,
    context: [],
    reader: { namespace: 'default', workflowId: 'order-1001' },
  },
  {
    name: '13-namespace-and-workflow',
    description: 'Bound to a namespace and a workflow, and both are right.',
    ...ORDER,
    context: [
      ['namespace', 'orders-é'],
      ['workflow-id', 'order/1001'],
    ],
    reader: { namespace: 'orders-é', workflowId: 'order/1001' },
  },
  {
    name: '14-reader-without-context',
    description: 'Bound to a namespace and a workflow, read where neither is known.',
    ...ORDER,
    context: [
      ['namespace', 'orders'],
      ['workflow-id', 'order-1001'],
    ],
    reader: {},
  },
  {
    name: '15-schedule-suffix-at-reader',
    description: 'Sealed before a schedule added its suffix to the workflow ID, read after.',
    ...ORDER,
    context: [
      ['namespace', 'default'],
      ['workflow-id', 'nightly'],
    ],
    reader: { namespace: 'default', workflowId: 'nightly-2026-01-05T09:00:00Z' },
  },
  {
    name: '16-schedule-suffix-recorded',
    description:
      'The recorded workflow ID has the suffix of one scheduled run, and the reader has that of another.',
    ...ORDER,
    context: [
      ['namespace', 'default'],
      ['workflow-id', 'nightly-2026-01-05T09:00:00Z'],
    ],
    reader: { namespace: 'default', workflowId: 'nightly-2026-01-06T09:00:00Z' },
  },
  {
    name: '17-namespace-alias',
    description: 'Bound to a former name of the namespace of the reader.',
    ...ORDER,
    context: [['namespace', 'orders']],
    reader: { namespace: 'orders-eu', namespaceAliases: { 'orders-eu': ['shop', 'orders'] } },
  },
  {
    name: '18-unknown-context-key',
    description:
      'Context keys that version 1 does not define, one of them with an empty value, are accepted.',
    ...ORDER,
    context: [
      ['a', ''],
      ['namespace', 'default'],
      ['namespace-2', 'ordre n° 7'],
      ['x0-tenant', 'acme'],
    ],
  },
  {
    name: '19-context-at-limits',
    description: '16 entries that fill 4,096 bytes, with a key of 64 bytes and a value of 1,024.',
    ...ORDER,
    context: contextAtLimits(),
  },
  {
    name: '20-two-wrapped-keys',
    description: 'The data key under two keys, both of which the reader has.',
    ...ORDER,
    keyIds: ['orders/v1', 'break-glass'],
  },
  {
    name: '21-only-the-second-key',
    description: 'The data key under two keys, of which the reader has the second only.',
    ...ORDER,
    keyIds: ['orders/v1', 'break-glass'],
    readerKeyIds: ['break-glass'],
  },
  {
    name: '22-eight-wrapped-keys',
    description: 'The data key under eight keys, the most there can be. The reader has the last.',
    ...ORDER,
    keyIds: Array.from({ length: 8 }, (_, i) => `site-${String(i + 1)}`),
    readerKeyIds: ['site-8'],
  },
  {
    name: '23-wrapped-keys-of-other-services',
    description: 'Wrapped keys of 1 and of 4,096 bytes, of key services that the reader does not have.',
    ...ORDER,
    keyIds: ['orders/v1'],
    change: ({ wrappedKeys }, { name }) => ({
      wrappedKeys: [
        ...wrappedKeys,
        { keyId: bytes.text('small'), bytes: bytes.u8(0) },
        { keyId: bytes.text('large'), bytes: bytes.fixed(`${name} large`, 4096) },
      ],
    }),
  },
  {
    name: '24-key-id-multibyte',
    description: 'A key ID with characters of two, three and four bytes of UTF-8.',
    ...ORDER,
    keyIds: ['clé/鍵/🔑/v1'],
  },
  { name: '25-key-id-arn', description: 'A key ID as AWS writes one.', ...ORDER, keyIds: [ARN] },
  {
    name: '26-key-id-longest',
    description: 'Key IDs of 1,024 bytes, in the metadata and in the header.',
    ...ORDER,
    keyIds: ['k'.repeat(1024), 'é'.repeat(512)],
  },
  { name: '27-key-id-shortest', description: 'A key ID of one byte.', ...ORDER, keyIds: ['k'] },
  {
    name: '28-data-before-metadata',
    description:
      'Protobuf with its fields in another order: data first, and in metadata the value before the name.',
    inner: ORDER.inner,
    plaintext: bytes.join(
      protobuf.data(bytes.text('{"orderId":"A-1001"}')),
      protobuf.field(
        1,
        bytes.join(protobuf.field(2, bytes.text('json/plain')), protobuf.field(1, bytes.text('encoding'))),
      ),
    ),
  },
  {
    name: '29-repeated-fields',
    description: 'Protobuf with data and one metadata entry written twice. The last one of each holds.',
    inner: ORDER.inner,
    plaintext: bytes.join(
      protobuf.metadataEntry('encoding', bytes.text('binary/plain')),
      protobuf.data(bytes.text('first')),
      protobuf.metadataEntry('encoding', bytes.text('json/plain')),
      protobuf.data(bytes.text('{"orderId":"A-1001"}')),
    ),
  },
  {
    name: '30-unknown-fields',
    description:
      'Protobuf with fields that Payload does not define, and a length that is written longer than needed.',
    inner: ORDER.inner,
    plaintext: bytes.join(
      protobuf.varintField(15, 300),
      protobuf.metadataEntry('encoding', bytes.text('json/plain')),
      protobuf.field(200, bytes.text('from a later version')),
      Buffer.of(0x12, 0x94, 0x00),
      bytes.text('{"orderId":"A-1001"}'),
    ),
  },
];

/** All valid vectors, by name. */
export function validVectors(): ReadonlyMap<string, ValidVector> {
  const cases = [...CASES, ...TEXT_CASES, ...PROTOBUF_CASES, ...SEARCH_CASES];
  return new Map(cases.map((definition) => [definition.name, validVector(definition)]));
}
