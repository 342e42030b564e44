import type { Random } from './random';
import { bytes, localWrap, protobuf, writeContext, writeEnvelope } from '@waxseal/test-support/vectors';
import type { NamedVector, Question } from './vector';

/** A change to a question, and its name for whoever reads of a disagreement. */
interface Mutation {
  readonly name: string;
  readonly apply: (vector: NamedVector, random: Random, others: readonly NamedVector[]) => Question;
}

const raw = (base64: string): Buffer => Buffer.from(base64, 'base64');

function withData(vector: Question, data: Buffer): Question {
  return { ...vector, outer: { ...vector.outer, data: data.toString('base64') } };
}

function withMetadata(vector: Question, metadata: Readonly<Record<string, string>>): Question {
  return { ...vector, outer: { ...vector.outer, metadata } };
}

/** Bytes with one to three small changes. */
function damaged(sound: Buffer, random: Random): Buffer {
  let changed = sound;
  for (let count = 1 + random.below(3); count > 0; count -= 1) {
    const at = random.below(changed.length + 1);
    const length = random.below(5);
    const [before, after] = [changed.subarray(0, at), changed.subarray(at)];
    changed = random.pick([
      () => Buffer.concat([before, Buffer.of((after[0] ?? 0) ^ (1 << random.below(8))), after.subarray(1)]),
      () => Buffer.concat([before, Buffer.of(random.pick([0, 1, 0x7f, 0x80, 0xff])), after.subarray(1)]),
      () => Buffer.concat([before, random.bytes(length), after]),
      () => Buffer.concat([before, after.subarray(length)]),
      () => Buffer.concat([before, after.subarray(0, length), after]),
      () => before,
    ])();
  }
  return changed;
}

/** Texts that implementations have taken for others. */
const TEXTS: readonly string[] = [
  '',
  'default',
  'Default',
  'default\0',
  '\ufeffdefault',
  'default\n',
  'é',
  'e\u0301',
  '\u{1f511}',
  'nightly',
  'nightly-2026-01-05T09:00:00Z',
  'nightly-2026-01-05T09:00:00Z\n',
  'nightly-2026-01-06T09:00:00Z',
  'nightly-٢٠٢٦-٠١-٠٥T٠٩:٠٠:٠٠Z',
  'nightly-9999-99-99T99:99:99Z',
  'nightly-2026-01-05t09:00:00z',
  'nightly-2026-01-05T09:00:00Z-2026-01-05T09:00:00Z',
  '-2026-01-05T09:00:00Z',
  'order-1001',
  '__proto__',
];
const CONTEXT_KEYS: readonly string[] = [
  'namespace',
  'workflow-id',
  'payload-kind',
  'tenant',
  'a',
  'a-',
  'must',
  'must-',
  'must-tenant',
  'Tenant',
  '',
  'x_y',
  '0a',
  '-a',
  'k'.repeat(64),
  'k'.repeat(65),
  'é',
  'tenant\n',
];

function context(random: Random): Buffer {
  const entries = Array.from({ length: random.below(5) }, (): [string, string] => [
    random.pick(CONTEXT_KEYS),
    random.oneIn(12) ? 'v'.repeat(1020 + random.below(10)) : random.pick(TEXTS),
  ]);
  if (!random.oneIn(4)) entries.sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const sound = writeContext(entries);
  return random.oneIn(6) ? damaged(sound, random) : sound;
}

/** Pieces that a protobuf of a payload can have, right ones and wrong ones. */
function piece(random: Random): Buffer {
  const { field, varint } = protobuf;
  const name = (): Buffer => bytes.text(random.pick(TEXTS));
  const entry = (): Buffer =>
    bytes.join(
      ...Array.from({ length: random.below(4) }, () =>
        random.oneIn(5) ? piece(random) : field(1 + random.below(2), name()),
      ),
    );
  return random.pick([
    () => field(1, entry()),
    () => field(1, bytes.join(field(1, name()), field(2, name()))),
    () => protobuf.data(name()),
    () => protobuf.externalPayload(random.below(2 ** 31)),
    () => field(3, bytes.join(varint(8), Buffer.from('ffffffffffffffff7f', 'hex'))),
    () => field(3, bytes.join(varint(8), Buffer.from('ffffffffffffffffff01', 'hex'))),
    () => field(4 + random.below(3000), random.bytes(random.below(6))),
    () => protobuf.varintField(4 + random.below(40), random.below(2 ** 31)),
    () => bytes.join(varint(random.below(20) * 8 + 1), random.bytes(8)),
    () => bytes.join(varint(random.below(20) * 8 + 5), random.bytes(4)),
    () => protobuf.group(5, random.oneIn(2) ? piece(random) : Buffer.alloc(0)),
    () => varint(random.below(40) * 8 + random.below(8)),
    () => field(1, bytes.join(field(1, random.bytes(2)), field(2, name()))),
  ])();
}

/** A sound envelope around other parts: under up to three local keys of which each may do something else. */
function crafted(random: Random, plaintext: Buffer): Question {
  const dataKey = random.bytes(32);
  const ids = ['orders/v1', 'break-glass', 'site-1'].slice(0, 1 + random.below(3));
  const keys = ids.map((id) => ({ id, key: random.bytes(32) }));
  const wrappedKeys = keys.map(({ id, key }, index) => {
    const given = random.pick([
      () => dataKey,
      () => dataKey,
      () => random.bytes(32),
      () => random.bytes(random.below(40)),
    ])();
    const sound = localWrap(key, id, random.bytes(12), given);
    const keyId = bytes.text(id);
    return {
      keyId: index > 0 && random.oneIn(12) ? damaged(keyId, random) : keyId,
      bytes: random.oneIn(5) ? damaged(sound, random) : sound,
    };
  });
  const known = keys.filter(() => !random.oneIn(5));
  const { envelope } = writeEnvelope({
    version: 1,
    suite: random.oneIn(30) ? random.below(256) : 1,
    dataKey,
    salt: random.bytes(32),
    context: context(random),
    wrappedKeys,
    plaintext,
    ...(random.oneIn(12) && { count: random.below(10) }),
  });
  return {
    keys: Object.fromEntries(
      (known.length > 0 ? known : keys).map(({ id, key }) => [id, key.toString('base64')]),
    ),
    reader: reader(random),
    outer: {
      metadata: {
        encoding: bytes.text('binary/envelope').toString('base64'),
        'encryption-key-id': bytes.text('orders/v1').toString('base64'),
      },
      data: envelope.toString('base64'),
    },
  };
}

function reader(random: Random): Question['reader'] {
  return {
    ...(random.oneIn(3) ? {} : { namespace: random.pick(TEXTS) }),
    ...(random.oneIn(3) ? {} : { workflowId: random.pick(TEXTS) }),
    ...(random.oneIn(3) && {
      namespaceAliases: { [random.pick(TEXTS)]: [random.pick(TEXTS) || 'x'] },
    }),
    ...(random.oneIn(4) && { requireEncryption: true }),
  };
}

/** What is done to the questions. */
export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'data changed',
    apply: (vector, random) => withData(vector, damaged(raw(vector.outer.data), random)),
  },
  {
    name: 'a length changed',
    apply: (vector, random) => {
      const data = raw(vector.outer.data);
      const at = random.pick([66, 68, 88, 89, 90, random.below(data.length + 1)]);
      const value = bytes.u16(random.pick([0, 1, 2, 255, 1024, 1025, 4096, 4097, 65535]));
      return withData(vector, Buffer.concat([data.subarray(0, at), value, data.subarray(at + 2)]));
    },
  },
  {
    name: 'metadata changed',
    apply: (vector, random) => {
      const { metadata } = vector.outer;
      const name = random.pick([...Object.keys(metadata), 'encoding']);
      const value = damaged(raw(metadata[name] ?? ''), random).toString('base64');
      return random.oneIn(3)
        ? withMetadata(vector, { ...metadata, [`${random.pick(TEXTS)}x`]: value })
        : withMetadata(vector, { ...metadata, [name]: value });
    },
  },
  { name: 'another reader', apply: (vector, random) => ({ ...vector, reader: reader(random) }) },
  {
    name: 'the keys of another',
    apply: (vector, random, others) => ({ ...vector, keys: random.pick(others).keys }),
  },
  {
    name: 'the data of another',
    apply: (vector, random, others) => {
      const other = raw(random.pick(others).outer.data);
      const data = raw(vector.outer.data);
      const at = random.below(Math.min(data.length, other.length) + 1);
      return withData(vector, Buffer.concat([data.subarray(0, at), other.subarray(at)]));
    },
  },
  {
    name: 'sound, of pieces of protobuf',
    apply: (_vector, random) =>
      crafted(random, Buffer.concat(Array.from({ length: random.below(6) }, () => piece(random)))),
  },
  {
    name: 'sound, around a changed plaintext',
    apply: (vector, random) => crafted(random, damaged(raw(vector.expected.plaintext ?? 'CgA='), random)),
  },
];
