import { describe, expect, it } from '@jest/globals';
import type { Payload } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import fc from 'fast-check';
import { parsePayload, serializePayload } from '../src/codec/payload-message';

const Message = temporal.api.common.v1.Payload;

const names = fc.oneof(
  fc.constantFrom(
    'encoding',
    'messageType',
    '',
    '__proto__',
    'constructor',
    'a'.repeat(127),
    'a'.repeat(128),
    'é',
  ),
  fc.string({ unit: 'grapheme', maxLength: 20 }).filter((name) => name.isWellFormed()),
);
const bytes = (maxLength: number): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    fc.uint8Array({ maxLength }),
    fc.constantFrom(0, 1, 127, 128, 16_383, 16_384).map((length) => new Uint8Array(length).fill(7)),
  );
const payloads: fc.Arbitrary<Payload> = fc
  .record(
    {
      metadata: fc.array(fc.tuple(names, bytes(40)), { maxLength: 4 }),
      data: fc.oneof(
        bytes(300),
        fc.constantFrom(4_095, 4_096).map((length) => new Uint8Array(length).fill(9)),
      ),
      externalPayloads: fc.array(fc.record({ sizeBytes: fc.constant(undefined) }), { maxLength: 1 }),
    },
    { requiredKeys: [] },
  )
  .map(({ metadata, data, externalPayloads }) => ({
    // __proto__ as an entry, as protobufjs reads it.
    ...(metadata && { metadata: Object.fromEntries(metadata) }),
    ...(data && { data }),
    ...(externalPayloads && { externalPayloads: externalPayloads.map(() => ({})) as never }),
  }));

const entriesOf = ({ metadata, data, externalPayloads }: Payload): unknown => [
  Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('hex')]),
  Buffer.from(data ?? []).toString('hex'),
  externalPayloads?.length ?? 0,
];

/** What protobufjs reads, or that it reads nothing. */
function asProtobufjs(plaintext: Uint8Array): unknown {
  try {
    return entriesOf(Message.decode(plaintext));
  } catch {
    return 'refused';
  }
}

function asHere(plaintext: Uint8Array): unknown {
  try {
    return entriesOf(parsePayload(plaintext));
  } catch {
    return 'refused';
  }
}

describe('the protobuf of a payload', () => {
  it('is what protobufjs writes', () => {
    fc.assert(
      fc.property(payloads, (payload) => {
        const written = Buffer.concat(serializePayload(payload));
        // Large data stands behind what else there is, in the order of the fields.
        if ((payload.data?.length ?? 0) < 4_096 || !payload.externalPayloads?.length) {
          expect(written.toString('hex')).toBe(Buffer.from(Message.encode(payload).finish()).toString('hex'));
        }
        expect(asProtobufjs(written)).toEqual(asProtobufjs(Message.encode(payload).finish()));
      }),
    );
  });

  it('keeps fields that protobufjs does not know', () => {
    const withUnknown = Buffer.concat([
      Message.encode({ data: Buffer.from('x') }).finish(),
      Buffer.from([0x78, 1]),
    ]);
    const message = Message.decode(withUnknown);
    expect(Buffer.concat(serializePayload(message))).toEqual(Buffer.from(Message.encode(message).finish()));
  });

  it('is read as protobufjs reads it, whatever was changed', () => {
    const change = fc.tuple(
      fc.nat(),
      fc.integer({ min: 0, max: 255 }),
      fc.constantFrom('set', 'insert', 'remove'),
    );
    fc.assert(
      fc.property(payloads, fc.array(change, { maxLength: 3 }), (payload, changes) => {
        const plaintext = [...Message.encode(payload).finish()];
        for (const [place, byte, what] of changes) {
          const at = place % (Math.min(plaintext.length, 60) + 1);
          plaintext.splice(at, what === 'insert' ? 0 : 1, ...(what === 'remove' ? [] : [byte]));
        }
        const given = Uint8Array.from(plaintext);
        expect(asHere(given)).toEqual(asProtobufjs(given));
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['no entry', ''],
    ['an entry without a value', '0a040a026162'],
    ['an entry whose value comes first', '0a06120178' + '0a0161'],
    ['an entry twice', '0a060a016112017' + '8' + '0a060a0161120179'],
    ['a length in more bytes than it takes', '0a86000a0161120178'],
    ['a name in more bytes than it takes', '0a070a8100611201' + '78'],
    ['data twice', '120178120179'],
    ['data before metadata', '1201780a060a0161120179'],
    ['a length of 2^32', '1280808080' + '10'],
    ['a length beyond the end', '1205' + '78'],
    ['an entry beyond the end', '0a7f0a0161120178'],
    ['a name beyond its entry', '0a060a7f61120178'],
    ['a value beyond its entry', '0a060a0161127f78'],
    ['the name __proto__', '0a0e0a095f5f70726f746f5f5f120178'],
    ['a name of other letters', '0a070a02c3a9120178'],
    ['a name that is no UTF-8', '0a060a01ff120178'],
  ])('is read as protobufjs reads it: %s', (_, hex) => {
    const given = Uint8Array.from(Buffer.from(hex, 'hex'));
    expect(asHere(given)).toEqual(asProtobufjs(given));
  });
});
