import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';
import {
  type DataKeyExchange,
  type DataKeyGrant,
  type DataKeyMember,
  type DataKeyOptions,
  EnvelopeCodec,
  KeyServiceError,
  Keyring,
  type WantedDataKey,
} from '../src';
import { WRAP_AAD } from '../src/internal';
import { TestKey } from './support/test-key';

const HOUR = 3_600_000;

/** An exchange that has one key, of which it gives parts. */
class FakeExchange implements DataKeyExchange {
  members: DataKeyMember[] = [];
  readonly asked: WantedDataKey[] = [];
  key: Uint8Array | undefined;
  part = { messages: 10, bytes: 10_000 };
  ageMs = 0;
  askAgainMs = HOUR;
  failure: Error | undefined;
  failsAfterMake = false;

  join(member: DataKeyMember): { take(wanted: WantedDataKey): Promise<DataKeyGrant> } {
    this.members.push(member);
    return { take: (wanted) => this.#take(wanted) };
  }

  async #take(wanted: WantedDataKey): Promise<DataKeyGrant> {
    this.asked.push(wanted);
    if (this.failure !== undefined && !this.failsAfterMake) throw this.failure;
    const key = this.key ?? (await wanted.make(this.part));
    if (this.failure !== undefined) throw this.failure;
    this.key = key;
    return { key, ageMs: this.ageMs, ...this.part, askAgainMs: this.askAgainMs };
  }
}

let key: TestKey;
let exchange: FakeExchange;
let codecs: EnvelopeCodec[];
let taken: string[];

beforeEach(() => {
  jest.useFakeTimers();
  key = new TestKey('orders/v1');
  exchange = new FakeExchange();
  codecs = [];
  taken = [];
});

afterEach(() => {
  for (const codec of codecs) codec.close();
  jest.useRealTimers();
});

function codecWith(options: DataKeyOptions = {}, keyring = new Keyring({ primary: key })): EnvelopeCodec {
  const codec = new EnvelopeCodec({
    keyring,
    dataKeys: { ...options, shared: exchange },
    telemetry: { dataKeyTaken: (from) => taken.push(from) },
  });
  codecs.push(codec);
  return codec;
}

/** Encodes so many payloads, one after the other. */
async function encode(codec: EnvelopeCodec, count = 1): Promise<void> {
  for (let done = 0; done < count; done++) {
    await codec.encode([jsonPayload(1)]);
    await jest.advanceTimersByTimeAsync(0);
  }
}

describe('a shared data key', () => {
  it('is made by one, and unwrapped once by another, which reads its payloads without asking', async () => {
    const [one, other] = [codecWith(), codecWith()];
    const sealed = await one.encode([jsonPayload(1)]);
    await other.encode([jsonPayload(2)]);
    expect([key.wraps, key.unwraps]).toEqual([1, 1]);
    expect(await other.decode(sealed)).toEqual([jsonPayload(1)]);
    expect([key.wraps, key.unwraps]).toEqual([1, 1]);
    expect(taken).toEqual(['shared', 'shared']);
  });

  it('is used for the parts of it that were granted, and no more', async () => {
    const codec = codecWith();
    await encode(codec, 7);
    expect(exchange.asked).toHaveLength(1);
    await encode(codec, 20);
    expect(key.wraps).toBe(1);
    expect(exchange.asked.length).toBeGreaterThanOrEqual(3);
    expect(exchange.asked.length).toBeLessThanOrEqual(4);
    expect(exchange.asked[1]?.holds).toMatchObject({
      key: exchange.key,
      isNearlyUsedUp: true,
      isIncomplete: false,
    });
  });

  it('is as old as the exchange says', async () => {
    await encode(codecWith());
    exchange.ageMs = 25 * HOUR;
    const error = await rejectionOf(() => codecWith().encode([jsonPayload(1)]));
    expect(error).toMatchObject({ code: 'WAXSEAL_KEY_SERVICE', reason: 'timeout' });
  });

  it('is asked for again when the exchange said, and given up for another', async () => {
    exchange.askAgainMs = 60_000;
    const codec = codecWith();
    await encode(codec);
    exchange.key = undefined;
    await jest.advanceTimersByTimeAsync(60_001);
    expect([exchange.asked.length, key.wraps]).toEqual([2, 2]);
  });

  it('that is wrapped by too few keys is told of, and kept where no more wrap it', async () => {
    const second = new TestKey('second');
    const keyring = new Keyring({ primary: key, additional: [second], wrapPolicy: 'atLeastOne' });
    second.failure = new KeyServiceError(second.id, 'denied');
    const codec = codecWith({}, keyring);
    await encode(codec);
    exchange.key = undefined;
    await jest.advanceTimersByTimeAsync(31_000);
    expect(exchange.asked[1]?.holds?.isIncomplete).toBe(true);
    expect(taken).toEqual(['shared']);
    second.failure = undefined;
    await jest.advanceTimersByTimeAsync(40_000);
    expect(taken).toEqual(['shared', 'shared']);
    expect(exchange.asked.at(-1)?.holds?.isIncomplete).toBe(true);
  });

  it('is unwrapped by whichever key can, and so is a secret of the exchange', async () => {
    const second = new TestKey('second');
    await encode(codecWith({}, new Keyring({ primary: key, additional: [second] })));
    const kept = await exchange.members[0]?.vault?.protect(new Uint8Array(32).fill(3));
    const away = new TestKey(key.id, key.material);
    away.failure = new KeyServiceError(key.id, 'unavailable');
    const codec = codecWith({}, new Keyring({ primary: away, additional: [second] }));
    await encode(codec);
    expect(taken).toEqual(['shared', 'shared']);
    expect(second.unwraps).toBe(1);
    expect(await exchange.members[1]?.vault?.reveal(kept ?? new Uint8Array())).toEqual(
      new Uint8Array(32).fill(3),
    );
  });

  it('is none of a codec that decodes, nor with maxMessages: 1', async () => {
    const plain = new EnvelopeCodec({ keyring: new Keyring({ primary: key }) });
    codecs.push(plain);
    const sealed = await plain.encode([jsonPayload(1)]);
    await codecWith().decode(sealed);
    await encode(codecWith({ maxMessages: 1 }), 2);
    expect(exchange.members).toEqual([]);
  });

  it('is not used for a payload that is larger than all of it', async () => {
    const codec = codecWith({ maxBytes: 1_000 });
    await codec.encode([jsonPayload('x'.repeat(2_000))]);
    expect(taken[0]).toBe('own');
    expect(exchange.asked.every(({ bytes }) => bytes <= 1_000)).toBe(true);
  });
});

describe('without an answer of the exchange', () => {
  it('a data key of its own is made, and the exchange is asked again within half a minute', async () => {
    exchange.failure = new Error('away');
    const codec = codecWith();
    await encode(codec, 100);
    expect([exchange.asked.length, key.wraps]).toEqual([1, 1]);
    exchange.failure = undefined;
    await jest.advanceTimersByTimeAsync(30_001);
    expect(taken).toEqual(['own', 'shared']);
    await encode(codec, 5);
    expect(taken).toEqual(['own', 'shared']);
  });

  it('the shared one is used on while it has room, and not past maxAge', async () => {
    const codec = codecWith();
    await encode(codec);
    exchange.failure = new Error('away');
    await encode(codec, 9);
    expect(taken).toEqual(['shared']);
    await encode(codec);
    expect(taken).toEqual(['shared', 'own']);
  });

  it('what was made for it is used for the part that was set aside', async () => {
    exchange.failure = new Error('not acknowledged');
    exchange.failsAfterMake = true;
    const codec = codecWith();
    await encode(codec, 10);
    expect(key.wraps).toBe(1);
    await encode(codec);
    expect(key.wraps).toBe(2);
    expect(exchange.asked).toHaveLength(1);
  });

  it('a key service that does not wrap is told as it is, and asked once', async () => {
    key.failure = new KeyServiceError(key.id, 'denied');
    const error = await rejectionOf(() => codecWith().encode([jsonPayload(1)]));
    expect(error).toMatchObject({ reason: 'denied' });
    expect(key.wraps).toBe(1);
  });
});

describe('what an exchange gives is not believed', () => {
  it.each<[string, (key: Buffer) => Uint8Array]>([
    ['nothing', () => new Uint8Array()],
    ['no envelope', () => Buffer.alloc(200, 1)],
    ['one that is cut', (given) => given.subarray(0, -1)],
    ['another commitment', (given) => given.fill(7, 50, 52)],
    ['another content', (given) => given.fill(7, given.length - 20, given.length - 18)],
    ['a key that the keyring does not have', (given) => given.fill(0x7a, 2, 4)],
  ])('%s: a data key of its own is made', async (_name, change) => {
    await encode(codecWith());
    exchange.key = change(Buffer.from(exchange.key ?? []));
    const victim = codecWith();
    await encode(victim);
    expect(taken).toEqual(['shared', 'own']);
  });

  it('a payload does not pass for a shared data key', async () => {
    const writer = codecWith();
    const [sealed] = await writer.encode([jsonPayload(1)]);
    const id = Buffer.from(key.id);
    exchange.key = Buffer.concat([Uint8Array.of(0, id.length), id, sealed?.data ?? new Uint8Array()]);
    await encode(codecWith());
    expect(taken).toEqual(['shared', 'own']);
  });

  it('nor does a shared data key for a payload', async () => {
    const codec = codecWith();
    const [sealed] = await codec.encode([jsonPayload(1)]);
    const data = exchange.key?.subarray(2 + key.id.length);
    const error = await rejectionOf(() => codec.decode([{ ...sealed, data: data ?? new Uint8Array() }]));
    expect(error).toMatchObject({ code: 'WAXSEAL_DECRYPTION_FAILED' });
  });
});

describe('the vault', () => {
  it('keeps a secret that passes for no data key, and takes none for it', async () => {
    await encode(codecWith());
    const vault = exchange.members[0]?.vault;
    if (vault === undefined) throw new Error('There is no vault.');
    const secret = new Uint8Array(32).fill(5);
    const kept = await vault.protect(secret);
    expect(await vault.reveal(kept)).toEqual(secret);
    const id = Buffer.from(key.id);
    const wrapped = await key.wrap(secret, WRAP_AAD);
    const forged = Buffer.concat([
      Uint8Array.of(0, id.length),
      id,
      Uint8Array.of(1, 0, wrapped.bytes.length),
      wrapped.bytes,
    ]);
    expect(await rejectionOf(() => vault.reveal(forged))).toMatchObject({ reason: 'rejected-ciphertext' });
    // What was refused as a secret is no refusal of a data key.
    const [sealed] = await codecWith().encode([jsonPayload(1)]);
    expect(await codecWith().decode([sealed ?? {}])).toEqual([jsonPayload(1)]);
  });

  it('uses no key that only decodes, nor one whose service binds nothing', async () => {
    const [old, weak] = [new TestKey('old'), Object.assign(new TestKey('weak'), { bindsAad: false })];
    const oldRing = new Keyring({ primary: old });
    await encode(codecWith({}, oldRing));
    const kept = await exchange.members[0]?.vault?.protect(new Uint8Array(32));
    exchange.key = undefined;
    await encode(codecWith({}, new Keyring({ primary: key, additional: [weak], decryptOnly: [old] })));
    const vault = exchange.members[1]?.vault;
    expect(
      await rejectionOf(() => vault?.reveal(kept ?? new Uint8Array()) ?? Promise.resolve()),
    ).toMatchObject({
      code: 'WAXSEAL_UNKNOWN_KEY',
    });
    const wraps = weak.wraps;
    await vault?.protect(new Uint8Array(32));
    expect(weak.wraps).toBe(wraps);
    exchange.key = undefined;
    await encode(codecWith({}, new Keyring({ primary: weak })));
    expect(exchange.members[2]?.vault).toBeUndefined();
  });
});

it.each([{}, null, 'store', { take: () => 1 }])('%j is no exchange', (shared) => {
  const keyring = new Keyring({ primary: key });
  expect(() => new EnvelopeCodec({ keyring, dataKeys: { shared: shared as never } })).toThrow(
    /dataKeys.shared must be a SharedDataKeys/,
  );
});
