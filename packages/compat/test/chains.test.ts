import { afterAll, describe, expect, it } from '@jest/globals';
import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { createCodecServer } from '@waxseal/codec-server';
import { TokenCodec } from '@waxseal/claim-check';
import { ZlibCodec } from '@waxseal/compression';
import { EnvelopeCodec } from '@waxseal/core';
import { markFailurePayload } from '@waxseal/core/failure-payload';
import { assertCodecChain, SUBJECT_METADATA } from '@waxseal/core/internal';
import { EnvelopePlugin, withEnvelope } from '@waxseal/temporal';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';
import fc from 'fast-check';

import { SamplesCodec, TemporalProxyCodec } from '../src';
import {
  chainsOf,
  closeCodecs,
  CODECS,
  envelope,
  readingEnvelope,
  type ChainCodec,
  type Deed,
} from './support/chain-codecs';
import { bytes, KEYS } from './support/peers';
import { SampleCodec } from './support/sample-codec';

const context: SerializationContext = { type: 'workflow', namespace: 'shop', workflowId: 'w' };
const { Payload: PayloadMessage } = temporal.api.common.v1;
type Chain = readonly ChainCodec[];

afterAll(closeCodecs);

/**
 * Two codecs of which the first must not encode before the second: what is sealed becomes no smaller, what
 * others sealed they had compressed before, behind a token nothing is left to work on, and what two have
 * sealed the readers of neither could read.
 */
function wrongPair(chain: Chain): readonly [ChainCodec, ChainCodec] | undefined {
  return pairsOf(chain).find(([first, second]) => isWrong(first, second));
}

function pairsOf(chain: Chain): (readonly [ChainCodec, ChainCodec])[] {
  return chain.flatMap((first, index) =>
    chain.slice(index + 1).map((second): readonly [ChainCodec, ChainCodec] => [first, second]),
  );
}

function isWrong({ deed }: ChainCodec, second: ChainCodec): boolean {
  if (deed === 'keeps elsewhere' || (SEALS.includes(deed) && SEALS.includes(second.deed))) return true;
  return (deed === 'opens' || deed === 'encrypts') && second.deed === 'compresses';
}

const SEALS: readonly Deed[] = ['encrypts', 'keeps elsewhere'];

const codecsOf = (chain: Chain): PayloadCodec[] => chain.map(({ codec }) => codec);
const nameOf = ({ codec }: ChainCodec): string => codec.constructor.name;
const short = CODECS.flatMap((_codec, length) => (length > 3 ? [] : chainsOf(length))).slice(1);
const long = chainsOf(4);

/** Whether what the application's codec makes is sealed by one behind it. */
function isSealedOutside(chain: Chain): boolean {
  const seals = chain.findLastIndex(({ deed }) => deed === 'encrypts' || deed === 'keeps elsewhere');
  return seals === -1 || chain.findLastIndex(({ deed }) => deed === 'unknown') < seals;
}

/** What a plugin adds where there is no envelope codec: one that only reads, where another codec encrypts. */
function addedTo(codecs: readonly PayloadCodec[]): EnvelopeCodec {
  const isWriting = codecs.some((codec) => codec instanceof TemporalProxyCodec && codec.encrypts);
  const isSealing = codecs.some((codec) => codec instanceof EnvelopeCodec || codec instanceof TokenCodec);
  return isWriting && !isSealing ? readingEnvelope : envelope;
}

/** The chain, as a plugin makes one codec of it. */
function asOne(payloadCodecs: PayloadCodec[]): PayloadCodec {
  const [one, ...others] = withEnvelope({ payloadCodecs }, addedTo(payloadCodecs)).payloadCodecs;
  if (one === undefined || others.length > 0) throw new Error('The codecs are no chain.');
  return one;
}

const ENCODINGS = [
  ...['json/plain', 'binary/null', 'binary/plain', '', 'of the application', 'binary/backwards'],
  ...['binary/zlib', 'binary/zstd', 'binary/encrypted', 'binary/fernet', 'binary/envelope'],
  'binary/uuid-sub',
];

/** Payloads of any metadata and data, but for those that the chain is there to open. */
function payloadsFor(chain: Chain): fc.Arbitrary<Payload[]> {
  const taken = chain.flatMap(({ takes }) => takes);
  const data = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.nat({ max: 5_000 }).map((length) => new Uint8Array(length)),
  );
  const entries = fc.array(fc.tuple(fc.string({ maxLength: 20 }), fc.uint8Array({ maxLength: 20 })), {
    maxLength: 3,
  });
  const encoding = fc.constantFrom(...ENCODINGS.filter((one) => !taken.includes(one)));
  const payload = fc.tuple(entries, encoding, data).map(([others, name, content]): Payload => {
    const metadata = Object.fromEntries([...others, ['encoding', bytes(name)]] as const);
    return { metadata, data: content };
  });
  return fc.array(payload, { minLength: 1, maxLength: 4 });
}

/** All that is in payloads, in a form that can be compared. */
function contentOf(payloads: readonly Payload[]): unknown {
  return payloads.map(({ metadata, data }) => ({
    metadata: Object.entries(metadata ?? {})
      .map(([name, value]) => [name, Buffer.from(value).toString('hex')])
      .sort(([one = ''], [other = '']) => (one < other ? -1 : 1)),
    data: Buffer.from(data ?? []).toString('hex'),
  }));
}

function marked(payload: Payload, subject: string): Payload {
  return { ...payload, metadata: { ...payload.metadata, [SUBJECT_METADATA]: bytes(subject) } };
}

/** A payload as protobufjs has it that Temporal wrote: what is empty is left out, and becomes an array. */
function asReceived({ metadata, data }: Payload): Payload {
  const field = (number: number, content: Uint8Array): Buffer =>
    content.length === 0
      ? Buffer.alloc(0)
      : Buffer.concat([Buffer.of(number * 8 + 2), varint(content.length), content]);
  const entries = Object.entries(metadata ?? {}).map(([name, value]) => {
    const entry = Buffer.concat([field(1, Buffer.from(name)), field(2, value)]);
    return Buffer.concat([Buffer.of(0x0a), varint(entry.length), entry]);
  });
  return PayloadMessage.decode(Buffer.concat([...entries, field(2, data ?? new Uint8Array())]));
}

function varint(value: number): Buffer {
  return value < 0x80
    ? Buffer.of(value)
    : Buffer.of((value % 0x80) | 0x80, ...varint(Math.floor(value / 0x80)));
}

/** Whether one key for all would come before the keys of subjects do. */
function writesForNobody(chain: Chain): boolean {
  const sealing = chain.findIndex(
    ({ codec }) => codec instanceof EnvelopeCodec || codec instanceof TokenCodec,
  );
  const writing = chain.findIndex(({ codec }) => codec instanceof TemporalProxyCodec && codec.encrypts);
  return writing !== -1 && (sealing === -1 || writing < sealing);
}

async function comesBack(chain: Chain, payloads: Payload[]): Promise<void> {
  const one = asOne(codecsOf(chain));
  const before = contentOf(payloads);
  const back = async (given: Payload[]): Promise<unknown> =>
    contentOf(await one.decode((await one.encode(given, context)).map(asReceived), context));
  expect(await back(payloads)).toEqual(before);
  expect(await back(payloads.map(asReceived))).toEqual(before);
  expect(contentOf(payloads)).toEqual(before);
  const parts = payloads.map((payload, index) =>
    markFailurePayload(payload, index % 2 === 0 ? 'attributes' : 'details'),
  );
  expect(await back(parts)).toEqual(before);
  const ofAda = payloads.map((payload, index) => (index % 2 === 0 ? marked(payload, 'ada') : payload));
  if (!writesForNobody(chain)) expect(await back(ofAda)).toEqual(contentOf(ofAda));
  else {
    const error = await rejectionOf(() => one.encode(ofAda, context));
    expect(error.message).toMatch(/marked for a subject.+TemporalProxyCodec.+writeUnder/s);
  }
}

const roundTrip = (chain: Chain, numRuns: number): Promise<void> =>
  fc.assert(
    fc.asyncProperty(payloadsFor(chain), (payloads) => comesBack(chain, payloads)),
    { numRuns },
  );

/** What each that takes a chain says of it: nothing, or why not. */
async function verdicts(chain: Chain): Promise<readonly (string | undefined)[]> {
  const dataConverter = { payloadCodecs: codecsOf(chain) };
  const plugin = new EnvelopePlugin({ codec: addedTo(codecsOf(chain)) });
  const checks: readonly (() => unknown)[] = [
    () => {
      assertCodecChain(codecsOf(chain), 'codecs');
    },
    () => plugin.configureClient({ dataConverter }),
    () => plugin.configureWorker({ dataConverter, taskQueue: 'orders', namespace: 'shop' }),
    () => plugin.configureReplayWorker({ dataConverter }),
    () => createCodecServer({ codecs: codecsOf(chain) }),
    () => createCodecServer({ namespaces: { shop: { codecs: codecsOf(chain) } } }),
  ];
  return Promise.all(
    checks.map(async (check) => {
      try {
        await check();
        return undefined;
      } catch (error) {
        expect(error).toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
        return (error as Error).message;
      }
    }),
  );
}

async function isRefused(chain: Chain): Promise<void> {
  const wrong = pairsOf(chain).filter(([first, second]) => isWrong(first, second));
  for (const message of await verdicts(chain)) {
    const named = wrong.find((pair) => pair.every((each) => message?.includes(nameOf(each))));
    if (named === undefined) throw new Error(`${chain.map(nameOf).join(' → ')} gives: ${String(message)}`);
  }
}

describe.each<[string, readonly Chain[], numRuns: number, least: number]>([
  ['up to three', short, 2, 100],
  ['four', long, 1, 200],
])('every chain of %s codecs', (_length, all, numRuns, least) => {
  it('that may be gives each payload back, as it is, as a part of a failure, and as data of a subject', async () => {
    const right = all.filter((chain) => wrongPair(chain) === undefined);
    expect(right.length).toBeGreaterThan(least);
    for (const chain of right) await roundTrip(chain, numRuns);
  }, 120_000);

  it('is taken or refused by all that take one, with the names of two that stand wrong', async () => {
    const wrong = all.filter((chain) => wrongPair(chain) !== undefined);
    expect(wrong.length).toBeGreaterThan(least);
    for (const chain of all) {
      if (wrongPair(chain) !== undefined) await isRefused(chain);
      else expect(new Set(await verdicts(chain))).toEqual(new Set([undefined]));
    }
  }, 120_000);
});

describe('a chain', () => {
  it('is the same however often the plugin is registered', () => {
    for (const chain of short.filter((one) => wrongPair(one) === undefined)) {
      const last = chain.at(-1)?.codec;
      const seals = last instanceof EnvelopeCodec || last instanceof TokenCodec;
      if (!seals) continue;
      const own = new EnvelopePlugin({ codecs: codecsOf(chain) });
      const once = own.configureClient({});
      expect(own.configureClient(once).dataConverter?.payloadCodecs?.map(flat)).toEqual([codecsOf(chain)]);
    }
  });

  it('passes or refuses what has nothing in it, by an error of its own', async () => {
    const encodings = fc.constantFrom(
      ...[...ENCODINGS, 'awsencriptionsdk/binary/encrypted', 'binary/fernet-encrypted'],
    );
    const names = fc.subarray(['encryption-key-id', 'encryption-dek', 'encryption-cipher', 'x']);
    await fc.assert(
      fc.asyncProperty(encodings, names, fc.boolean(), async (encoding, others, hasText) => {
        const empty = others.map((name) => [name, new Uint8Array()] as const);
        const metadata = Object.fromEntries([['encoding', bytes(encoding)] as const, ...empty]);
        const data = hasText ? bytes('gAAAAA') : undefined;
        const payload = asReceived({ metadata, ...(data && { data }) });
        for (const { codec } of CODECS.filter(({ deed }) => deed !== 'unknown')) {
          for (const call of [codec.decode([payload], context), codec.encode([payload], context)]) {
            const result = await call.catch((error: unknown) => error as Error);
            if (result instanceof Error)
              expect(result).toMatchObject({ code: expect.stringMatching(/^WAXSEAL_/) as unknown });
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('lets no changed or cut payload become another', async () => {
    const sealing = short.filter((chain) => wrongPair(chain) === undefined && isSealedOutside(chain));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...sealing), fc.nat(), fc.nat({ max: 8 }), async (chain, at, bit) => {
        const one = asOne(codecsOf(chain));
        const payload = jsonPayload('secret'.repeat(50));
        const [encoded = {}] = await one.encode([payload], context);
        const changed = bit === 8 ? cut(encoded, at) : flipped(encoded, at, bit);
        const result = await one.decode([changed], context).catch((error: unknown) => error as Error);
        if (result instanceof Error)
          expect(result).toMatchObject({ code: expect.stringMatching(/^WAXSEAL_/) as unknown });
        // Another encoding is somebody else's, and the name of a key may not be authenticated.
        else expect([contentOf([changed]), contentOf([payload])]).toContainEqual(contentOf(result));
      }),
      { numRuns: 300 },
    );
  });

  it('refuses a bomb within what any of them has encrypted', async () => {
    const bounded = new ZlibCodec({ maxDecompressedBytes: 10_000 });
    const reads = new SamplesCodec({ keys: { 'test-key-id': Buffer.from(KEYS.samples) } });
    const encrypting = CODECS.filter(({ deed }) => deed === 'encrypts' || deed === 'keeps elsewhere');
    const pairs = [
      [new SampleCodec(), reads] as const,
      ...encrypting.map(({ codec }) => [codec, codec] as const),
    ];
    const [bomb = {}] = await new ZlibCodec().encode([jsonPayload('0'.repeat(5_000_000))]);
    expect(bomb.data?.length).toBeLessThan(6_000);
    for (const [writes, opens] of pairs) {
      const one = asOne([bounded, opens]);
      const stored = await writes.encode([bomb], context);
      const error = await rejectionOf(() => one.decode(stored, context));
      expect(error).toMatchObject({ code: 'WAXSEAL_COMPRESSION', reason: 'too-large' });
    }
  });
});

/** The codecs of a chain. */
function flat(codec: PayloadCodec): readonly PayloadCodec[] {
  return (codec as { readonly codecs?: readonly PayloadCodec[] }).codecs ?? [codec];
}

function flipped({ metadata, data }: Payload, at: number, bit: number): Payload {
  const entries = Object.entries(metadata ?? {}).map(([name, value]) => [name, bytes(value)] as const);
  const content = bytes(data ?? new Uint8Array());
  const places = [...entries.map(([, value]) => value), content];
  let left = at % places.reduce((sum, { length }) => sum + length, 0);
  for (const place of places) {
    if (left >= 0 && left < place.length) place[left] = (place[left] ?? 0) ^ (1 << bit);
    left -= place.length;
  }
  return { metadata: Object.fromEntries(entries), data: content };
}

function cut({ metadata, data }: Payload, at: number): Payload {
  const content = data ?? new Uint8Array();
  return { metadata: { ...metadata }, data: bytes(content.subarray(0, at % content.length)) };
}
