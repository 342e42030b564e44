import { randomBytes, randomUUID } from 'node:crypto';
import { inspect } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { defaultPayloadConverter, type Payload, type SerializationContext } from '@temporalio/common';
import { TokenCodec, type TokenCodecOptions } from '@waxseal/claim-check';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { serializePayload } from '@waxseal/core/internal';
import { LocalKey } from '@waxseal/local-key';
import { PgliteStore, type Store, StoreError } from '@waxseal/store';
import { searchBytes } from '@waxseal/bring-up';
import { failureConverter } from '@waxseal/temporal/failure-converter';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';

const key = randomBytes(32);
let store: PgliteStore;

beforeAll(async () => {
  store = new PgliteStore();
  await store.check();
});

afterAll(async () => {
  await store.close();
});

function envelopeCodec(): EnvelopeCodec {
  return new EnvelopeCodec({ keyring: new Keyring({ primary: new LocalKey({ id: 'orders', key }) }) });
}

function tokenCodec(options: Partial<TokenCodecOptions> = {}): TokenCodec {
  return new TokenCodec({ store, codec: envelopeCodec(), ...options });
}

/** A workflow that no other test uses. */
function workflow(namespace = 'shop'): SerializationContext {
  return { type: 'workflow', namespace, workflowId: randomUUID() };
}

function tokenText({ data }: Payload): string {
  const hex = Buffer.from(data ?? []).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** A store that is `store`, but for the methods of tokens that are given. */
function storeWith(tokens: Partial<Store['tokens']>): Store {
  const given = tokens as Record<string, unknown>;
  return {
    kind: store.kind,
    keys: store.keys,
    sharedKeys: store.sharedKeys,
    check: () => store.check(),
    close: () => Promise.resolve(),
    tokens: new Proxy(store.tokens, {
      get: (target, name) => {
        const own = given[name as string];
        const value = own ?? (target as unknown as Record<string, unknown>)[name as string];
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    }),
  };
}

async function recordOf(token: string): Promise<Uint8Array> {
  const record = (await store.tokens.get([token])).records.get(token);
  if (record === undefined) throw new Error('There is no record.');
  return record;
}

describe('a payload', () => {
  const payloads: readonly (readonly [string, Payload])[] = [
    ['of JSON', jsonPayload({ card: '4111 1111 1111 1111' })],
    ['without data', { metadata: { encoding: Buffer.from('binary/null') } }],
    ['of bytes', { metadata: { encoding: Buffer.from('binary/plain') }, data: randomBytes(300_000) }],
    ['without metadata', { data: new Uint8Array([1]) }],
    [
      'that refers elsewhere',
      { ...jsonPayload(1), externalPayloads: [{ sizeBytes: 5 as unknown as never }] },
    ],
  ];

  it.each(payloads)('%s comes back from its token as it was', async (_, payload) => {
    const context = workflow();
    const [encoded = {}] = await tokenCodec().encode([payload], context);
    expect(Buffer.from(encoded.metadata?.['encoding'] ?? []).toString()).toBe('binary/uuid-sub');
    expect(Object.keys(encoded.metadata ?? {})).toEqual(['encoding']);
    expect(encoded.data).toHaveLength(16);
    expect(tokenText(encoded)).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );

    const [decoded = {}] = await tokenCodec().decode([encoded], context);
    expect(Buffer.from(decoded.data ?? [])).toEqual(Buffer.from(payload.data ?? []));
    expect(Object.keys(decoded.metadata ?? {})).toEqual(Object.keys(payload.metadata ?? {}));
    expect(decoded.externalPayloads?.map(({ sizeBytes }) => Number(sizeBytes))).toEqual(
      payload.externalPayloads?.map(({ sizeBytes }) => Number(sizeBytes)),
    );
  });

  it('is in the store sealed, and under its token', async () => {
    const canary = `canary-${randomUUID()}`;
    const context = workflow(`namespace-${canary}`);
    const [encoded = {}] = await tokenCodec().encode([jsonPayload(canary)], context);
    const all = await store.tokens.list(undefined, 10_000);
    expect(all.map(({ token }) => token)).toContain(tokenText(encoded));
    // The envelope names the namespace in clear, as in Temporal, which does too; the content it does not.
    for (const { bytes } of all) expect(searchBytes(bytes, [`"${canary}"`])).toEqual([]);
  });
});

describe('a token', () => {
  it('is the same for the same payload of a workflow, in every process, and kept once', async () => {
    const context = workflow();
    const before = (await store.tokens.stats()).records;
    const encoded = await Promise.all(
      Array.from({ length: 20 }, () => tokenCodec().encode([jsonPayload('x'), jsonPayload('x')], context)),
    );
    expect(new Set(encoded.flat().map(tokenText)).size).toBe(1);
    expect((await store.tokens.stats()).records).toBe(before + 1);
  });

  it('does not depend on the order of metadata', async () => {
    const context = workflow();
    const [encoding, other] = [Buffer.from('json/plain'), Buffer.from('x')];
    const [a, b] = await tokenCodec().encode(
      [
        { metadata: { encoding, other }, data: new Uint8Array([1]) },
        { metadata: { other, encoding }, data: new Uint8Array([1]) },
      ],
      context,
    );
    expect(tokenText(a ?? {})).toBe(tokenText(b ?? {}));
  });

  it('differs by workflow, by namespace, by metadata and by data', async () => {
    const codec = tokenCodec();
    const workflowId = randomUUID();
    const contexts: (SerializationContext | undefined)[] = [
      { type: 'workflow', namespace: 'shop', workflowId },
      { type: 'workflow', namespace: 'shop', workflowId: `${workflowId}x` },
      { type: 'workflow', namespace: 'other', workflowId },
      { type: 'workflow', namespace: 'shop', workflowId: '' },
      undefined,
    ];
    const payloads: Payload[] = [
      jsonPayload(1),
      jsonPayload(2),
      { ...jsonPayload(1), metadata: { ...jsonPayload(1).metadata, more: Buffer.from('') } },
      { metadata: { encoding: Buffer.from('json/plain1') } },
    ];
    const tokens = new Set<string>();
    for (const context of contexts) {
      for (const encoded of await codec.encode(payloads, context)) tokens.add(tokenText(encoded));
    }
    expect(tokens.size).toBe(contexts.length * payloads.length);
  });

  it('says nothing of the payload to who lacks the naming key', async () => {
    const context = workflow();
    const other = new PgliteStore();
    try {
      const [mine = {}] = await tokenCodec().encode([jsonPayload('yes')], context);
      const [theirs = {}] = await tokenCodec({ store: other }).encode([jsonPayload('yes')], context);
      expect(tokenText(mine)).not.toBe(tokenText(theirs));
    } finally {
      await other.close();
    }
  });

  it('does not lead to its payload in another namespace', async () => {
    const [encoded = {}] = await tokenCodec().encode([jsonPayload('x')], workflow('shop'));
    const error = await rejectionOf(() => tokenCodec().decode([encoded], workflow('other')));
    expect(error['code']).toBe('WAXSEAL_CONTEXT_MISMATCH');
  });
});

describe('an array', () => {
  it('of tokens, envelopes and others is decoded in its order', async () => {
    const context = workflow();
    const codec = tokenCodec({ threshold: 40 });
    const values = ['a', 'b'.repeat(100), 'c', 'd'.repeat(100), 'b'.repeat(100)];
    const encoded = await codec.encode(values.map(jsonPayload), context);
    expect(encoded.map(({ metadata }) => Buffer.from(metadata?.['encoding'] ?? []).toString())).toEqual([
      'binary/envelope',
      'binary/uuid-sub',
      'binary/envelope',
      'binary/uuid-sub',
      'binary/uuid-sub',
    ]);
    const decoded = await codec.decode([jsonPayload('plain'), ...encoded], context);
    expect(decoded.map((payload) => defaultPayloadConverter.fromPayload(payload))).toEqual([
      'plain',
      ...values,
    ]);
  });

  it('of one object twice gives two tokens', async () => {
    const payload = jsonPayload('same');
    const encoded = await tokenCodec().encode([payload, payload], workflow());
    expect(encoded).toHaveLength(2);
    expect(tokenText(encoded[0] ?? {})).toBe(tokenText(encoded[1] ?? {}));
  });

  it('of none asks nobody', async () => {
    const codec = tokenCodec({ store: storeWith({ get: () => Promise.reject(new Error('asked')) }) });
    expect(await codec.encode([])).toEqual([]);
    expect(await codec.decode([])).toEqual([]);
  });

  it('takes one request to the store, to keep and to find', async () => {
    const asked: string[] = [];
    const watched = storeWith({
      put: (...args) => {
        asked.push('put');
        return store.tokens.put(...args);
      },
      get: (...args) => {
        asked.push('get');
        return store.tokens.get(...args);
      },
    });
    const context = workflow();
    const codec = tokenCodec({ store: watched });
    const encoded = await codec.encode([1, 2, 3, 4].map(jsonPayload), context);
    await Promise.all(Array.from({ length: 50 }, () => codec.decode(encoded, context)));
    await codec.decode(encoded, context);
    expect(asked).toEqual(['put', 'get']);
  });
});

describe('a record', () => {
  const context = workflow();

  it('that is missing is said to be, with the token', async () => {
    const [token = {}] = await tokenCodec({ store: storeWith({ put: () => Promise.resolve() }) }).encode(
      [jsonPayload('lost')],
      context,
    );
    const error = await rejectionOf(() => tokenCodec().decode([token], context));
    expect(error).toMatchObject({ code: 'WAXSEAL_TOKEN', reason: 'not-found', token: tokenText(token) });
    expect(error.message).toContain(tokenText(token));
  });

  it('that is another one is never taken for it', async () => {
    const codec = tokenCodec({ cache: false });
    const [mine = {}, theirs = {}] = await codec.encode(
      [jsonPayload('mine'), jsonPayload('theirs')],
      context,
    );
    const [a, b] = [await recordOf(tokenText(mine)), await recordOf(tokenText(theirs))];
    const [plain = {}] = await envelopeCodec().encode([jsonPayload('an envelope of a history')], context);
    const fromHistory = Buffer.concat(serializePayload(plain));
    for (const other of [
      b,
      fromHistory,
      Buffer.concat(serializePayload(jsonPayload('in clear'))),
      Buffer.alloc(0),
    ]) {
      expect(await store.tokens.replace(tokenText(mine), a, other)).toBe(true);
      const error = await rejectionOf(() => codec.decode([theirs, mine], context));
      expect(error).toMatchObject({ code: 'WAXSEAL_TOKEN', reason: 'damaged', token: tokenText(mine) });
      await store.tokens.replace(tokenText(mine), other, a);
    }
    const [decoded] = await codec.decode([mine], context);
    expect(decoded?.data).toEqual(jsonPayload('mine').data);
  });

  it('of which a bit is another is damaged, and is read again once it is mended', async () => {
    const [token = {}, other = {}] = await tokenCodec().encode(
      [jsonPayload('bits'), jsonPayload('other')],
      context,
    );
    const good = await recordOf(tokenText(token));
    for (const place of [good.length - 1, good.length - 40, Math.floor(good.length / 2)]) {
      const codec = tokenCodec();
      const bad = Uint8Array.from(good);
      bad[place] = (bad[place] ?? 0) ^ 1;
      await store.tokens.replace(tokenText(token), good, bad);
      const error = await rejectionOf(() => codec.decode([other, token], context));
      expect(error).toMatchObject({ code: 'WAXSEAL_TOKEN', reason: 'damaged', token: tokenText(token) });
      await store.tokens.replace(tokenText(token), bad, good);
      expect((await codec.decode([token], context))[0]?.data).toEqual(jsonPayload('bits').data);
    }
  });

  it('of a token that is none is told at once', async () => {
    const bad: Payload = { metadata: { encoding: Buffer.from('binary/uuid-sub') }, data: new Uint8Array(15) };
    const error = await rejectionOf(() => tokenCodec().decode([bad], context));
    expect(error).toMatchObject({ code: 'WAXSEAL_TOKEN', reason: 'malformed', nonRetryable: true });
  });

  it('is bounded with all others of a call', async () => {
    const codec = tokenCodec({ maxDecodeBytes: 1_000, cache: false });
    const encoded = await codec.encode([jsonPayload('x'.repeat(600)), jsonPayload('y'.repeat(600))], context);
    const error = await rejectionOf(() => codec.decode(encoded, context));
    expect(error).toMatchObject({ code: 'WAXSEAL_TOKEN', reason: 'too-large' });
    const [one = {}] = encoded;
    await expect(codec.decode([one], context)).resolves.toHaveLength(1);
    // A token is small, and can be sent again and again.
    const many = await rejectionOf(() => codec.decode([one, one], context));
    expect(many).toMatchObject({ code: 'WAXSEAL_TOKEN', reason: 'too-large' });
    const request = { caller: 'somebody' };
    await codec.decode([one], context, request);
    const later = await rejectionOf(() => codec.decode([one], context, request));
    expect(later).toMatchObject({ code: 'WAXSEAL_TOKEN', reason: 'too-large' });
    await expect(codec.decode([one], context, { caller: 'somebody' })).resolves.toHaveLength(1);
  });
});

it('keeps nothing with a threshold of Infinity, and reads tokens', async () => {
  const context = workflow();
  const [token = {}] = await tokenCodec().encode([jsonPayload('x')], context);
  const first = tokenCodec({ threshold: Infinity });
  const [encoded = {}] = await first.encode([jsonPayload('y')], context);
  expect(Buffer.from(encoded.metadata?.['encoding'] ?? []).toString()).toBe('binary/envelope');
  expect((await first.decode([token, encoded], context)).map(({ data }) => data)).toEqual([
    jsonPayload('x').data,
    jsonPayload('y').data,
  ]);
});

describe('a store that is away', () => {
  const away = (): Store =>
    storeWith({
      put: () => Promise.reject(new StoreError('unavailable')),
      get: () => Promise.reject(new StoreError('unavailable')),
    });

  it('makes encoding reject, and gives no token of what is not kept', async () => {
    const error = await rejectionOf(() =>
      tokenCodec({ store: away() }).encode([jsonPayload('x')], workflow()),
    );
    expect(error).toMatchObject({ code: 'WAXSEAL_STORE', reason: 'unavailable', retryable: true });
  });

  it('leaves envelopes to Temporal where that is asked for', async () => {
    const context = workflow();
    const codec = tokenCodec({ store: away(), whenUnavailable: 'inline' });
    const encoded = await codec.encode([jsonPayload('x'), jsonPayload('y')], context);
    for (const { metadata } of encoded) {
      expect(Buffer.from(metadata?.['encoding'] ?? []).toString()).toBe('binary/envelope');
    }
    expect((await codec.decode(encoded, context))[1]?.data).toEqual(jsonPayload('y').data);
  });

  it('redacts failures, so that the Worker lives', async () => {
    const failure = failureConverter.errorToFailure(new Error('card 4111'), defaultPayloadConverter);
    const [encoded = {}] = await tokenCodec({ store: away() }).encode(
      [failure.encodedAttributes as Payload],
      workflow(),
    );
    expect(Buffer.from(encoded.metadata?.['encoding'] ?? []).toString()).toBe('binary/waxseal-redacted');
  });
});

describe('a codec for replay', () => {
  it('opens tokens and keeps nothing', async () => {
    const context = workflow();
    const encoded = await tokenCodec().encode([jsonPayload('x')], context);
    const before = (await store.tokens.stats()).records;
    const replay = tokenCodec().decodeOnly();
    expect((await replay.decode(encoded, workflow('default')))[0]?.data).toEqual(jsonPayload('x').data);
    await replay.encode([jsonPayload('new')]);
    expect((await store.tokens.stats()).records).toBe(before);
  });
});

describe('a codec with encrypt: false', () => {
  it('keeps nothing, and reads tokens', async () => {
    const context = workflow();
    const encoded = await tokenCodec().encode([jsonPayload('x')], context);
    const reading = tokenCodec({
      codec: new EnvelopeCodec({
        keyring: new Keyring({ primary: new LocalKey({ id: 'orders', key }) }),
        encrypt: false,
      }),
    });
    expect((await reading.encode([jsonPayload('y')], context))[0]).toEqual(jsonPayload('y'));
    expect((await reading.decode(encoded, context))[0]?.data).toEqual(jsonPayload('x').data);
  });
});

it('shows settings only', async () => {
  const codec = tokenCodec();
  await codec.warmUp({ namespace: 'shop' });
  await codec.encode([jsonPayload('secret-canary')], workflow());
  const shown = `${inspect(codec, { depth: 20, showHidden: true })} ${JSON.stringify(codec)}`;
  expect(shown).not.toContain('secret-canary');
  expect(shown).not.toContain(key.toString('hex'));
  expect(JSON.parse(JSON.stringify(codec))).toMatchObject({ store: 'pglite', threshold: 0 });
});

it.each([
  [{ store: undefined }, 'store must be a Store'],
  [{ codec: {} }, 'codec must be the EnvelopeCodec'],
  [{ threshold: -1 }, 'threshold'],
  [{ treshold: 1 }, '"treshold" is not an option'],
  [{ whenUnavailable: 'plaintext' }, 'whenUnavailable'],
  [{ cache: { ttl: 'soon' } }, 'cache.ttl'],
  [{ cache: { size: 1 } }, 'cache.size'],
  [{ maxDecodeBytes: 0 }, 'maxDecodeBytes'],
])('refuses %j by the name of the option', (options, message) => {
  expect(() => tokenCodec(options as never)).toThrow(message);
});
