import { describe, expect, it } from '@jest/globals';
import {
  ExternalStorage,
  StorageDriverClaim,
  type Payload,
  type PayloadCodec,
  type StorageDriver,
} from '@temporalio/common';
import { payloadOfJson } from '@waxseal/test-support';
import { createCodecServer, type AuditRecord, type CodecServerOptions, type StorageReference } from '../src';
import { MaskCodec } from './support/mask-codec';
import { base64, post } from './support/post';

const SECRET = '{"card":"4111111111111234"}';
const REFERENCE_TYPE = 'temporal.api.sdk.v1.ExternalStorageReference';

/** A driver that keeps payloads in memory, by key. */
class MemoryDriver implements StorageDriver {
  readonly name: string;
  readonly type = 'test.memory';
  readonly kept = new Map<string, Payload>();
  readonly retrieved: string[] = [];

  constructor(name = 'memory') {
    this.name = name;
  }

  store(_: unknown, payloads: Payload[]): Promise<StorageDriverClaim[]> {
    return Promise.resolve(
      payloads.map((payload) => {
        const key = `ns/orders/${String(this.kept.size)}`;
        this.kept.set(key, payload);
        return new StorageDriverClaim({ key });
      }),
    );
  }

  retrieve(_: unknown, claims: StorageDriverClaim[]): Promise<Payload[]> {
    return Promise.resolve(
      claims.map(({ claimData: { key = '' } }) => {
        this.retrieved.push(key);
        const payload = this.kept.get(key);
        if (payload === undefined) throw new Error(`bucket-of-the-company has no ${key}`);
        return payload;
      }),
    );
  }
}

/** A reference as the Web UI sends it. */
function reference(key: string, driverName = 'memory') {
  return {
    metadata: { encoding: base64('json/protobuf'), messageType: base64(REFERENCE_TYPE) },
    data: base64(JSON.stringify({ driverName, claimData: { key } })),
    externalPayloads: [{ sizeBytes: '27' }],
  };
}

/** The same with another encoding or message type, which is none. */
function asEncoded(encoding: string, messageType: string) {
  return {
    ...reference('ns/orders/0'),
    metadata: { encoding: base64(encoding), messageType: base64(messageType) },
  };
}

const inline = { metadata: { encoding: base64('json/plain') }, data: base64('"small"') };

async function serve(options: Partial<CodecServerOptions> = {}) {
  const driver = new MemoryDriver();
  const codec = new MaskCodec();
  const encoded = await codec.encode([payloadOfJson(SECRET)]);
  await driver.store(undefined, encoded);
  const asked: unknown[] = [];
  const records: AuditRecord[] = [];
  const server = createCodecServer({
    codec,
    audit: (record) => void records.push(record),
    externalStorage: {
      storage: new ExternalStorage({ drivers: [driver] }),
      allows: ({ claimData }: StorageReference, { namespace }) => {
        asked.push([claimData['key'], namespace]);
        return claimData['key']?.startsWith(`ns/${String(namespace)}/`) === true;
      },
    },
    ...options,
  });
  const ask = async (path: string, ...payloads: object[]) => {
    const { response, json } = await post(server, path, { payloads });
    const texts = json.payloads?.map(({ data }) => Buffer.from(data ?? '', 'base64').toString());
    return {
      status: response.status,
      code: json.error?.code,
      texts,
      json,
      message: json.error?.message ?? '',
    };
  };
  return { driver, asked, records, ask };
}

describe('download', () => {
  it.each(['', '?preserveStorageRefs=true'])('gives the payload decoded%s', async (query) => {
    const { ask, asked } = await serve();
    expect(await ask(`/orders/download${query}`, reference('ns/orders/0'))).toMatchObject({
      status: 200,
      texts: [SECRET],
    });
    expect(asked).toEqual([['ns/orders/0', 'orders']]);
  });

  it('takes the names of fields in both spellings', async () => {
    const { ask } = await serve();
    const data = base64(JSON.stringify({ driver_name: 'memory', claim_data: { key: 'ns/orders/0' } }));
    expect(await ask('/orders/download', { ...reference(''), data })).toMatchObject({ texts: [SECRET] });
  });

  it.each<[string, object[], number, string]>([
    ['a payload that is no reference', [inline], 400, 'NOT_A_REFERENCE'],
    ['one of several that is none', [reference('ns/orders/0'), inline], 400, 'NOT_A_REFERENCE'],
    ['a reference of another namespace', [reference('ns/billing/0')], 403, 'REFERENCE_NOT_ALLOWED'],
    ['one of several of another', [reference('ns/orders/0'), reference('x')], 403, 'REFERENCE_NOT_ALLOWED'],
    ['another driver', [reference('ns/orders/0', 'other')], 404, 'UNKNOWN_STORAGE'],
    [
      'a driver named like a member of objects',
      [reference('ns/orders/0', '__proto__')],
      404,
      'UNKNOWN_STORAGE',
    ],
    ['a payload that is gone', [reference('ns/orders/1')], 502, 'STORAGE_FAILED'],
    ['a reference that is no JSON', [{ ...reference(''), data: base64('{') }], 400, 'MALFORMED_REFERENCE'],
    ['one that is no object', [{ ...reference(''), data: base64('[1]') }], 400, 'MALFORMED_REFERENCE'],
    ['one without a driver', [{ ...reference(''), data: base64('{}') }], 400, 'MALFORMED_REFERENCE'],
    ['one with a driver of no name', [reference('', '')], 400, 'MALFORMED_REFERENCE'],
    ['one of more than 64 KiB', [reference('x'.repeat(65_536))], 400, 'MALFORMED_REFERENCE'],
    [
      'one without claim data',
      [{ ...reference(''), data: base64('{"driverName":"memory"}') }],
      403,
      'REFERENCE_NOT_ALLOWED',
    ],
    ['a reference in another encoding', [asEncoded('json/plain', REFERENCE_TYPE)], 400, 'NOT_A_REFERENCE'],
    ['a message of another type', [asEncoded('json/protobuf', 'a.Reference')], 400, 'NOT_A_REFERENCE'],
    [
      'claim data that is no text',
      [{ ...reference(''), data: base64('{"driverName":"memory","claimData":{"key":{}}}') }],
      400,
      'MALFORMED_REFERENCE',
    ],
  ])('refuses %s, and says nothing of the storage', async (_, payloads, status, code) => {
    const { ask, driver } = await serve();
    const answer = await ask('/orders/download', ...payloads);
    expect(answer).toMatchObject({ status, code });
    expect(answer.message).not.toMatch(/bucket|ns\/|memory/);
    if (status !== 502) expect(driver.retrieved).toEqual([]);
  });

  it('answers 503 when it cannot be decided', async () => {
    const storage = new ExternalStorage({ drivers: [new MemoryDriver()] });
    const allows = () => Promise.reject(new Error('the directory is down'));
    const { ask } = await serve({ externalStorage: { storage, allows } });
    expect(await ask('/orders/download', reference('ns/orders/0'))).toMatchObject({
      status: 503,
      code: 'AUTHORIZATION_UNAVAILABLE',
    });
  });

  it.each<[string, unknown, number, string]>([
    ['yes in other words', 'yes', 403, 'REFERENCE_NOT_ALLOWED'],
    ['nothing', undefined, 403, 'REFERENCE_NOT_ALLOWED'],
  ])('takes %s for no', async (_, decision, status, code) => {
    const storage = new ExternalStorage({ drivers: [new MemoryDriver()] });
    const { ask } = await serve({ externalStorage: { storage, allows: () => decision as boolean } });
    expect(await ask('/orders/download', reference('ns/orders/0'))).toMatchObject({ status, code });
  });

  it('gives several in order, whichever driver has them', async () => {
    const [one, other] = [new MemoryDriver(), new MemoryDriver('other')];
    const named = (text: string): Payload => ({ data: Buffer.from(text) });
    await one.store(undefined, ['a', 'b'].map(named));
    await other.store(undefined, ['c', 'd'].map(named));
    const storage = { getDriver: (name: string) => (name === 'other' ? other : one) };
    const { ask } = await serve({ externalStorage: { storage, allows: () => true } });
    const asked = [
      reference('ns/orders/1'),
      reference('ns/orders/1', 'other'),
      reference('ns/orders/0'),
      reference('ns/orders/0', 'other'),
    ];
    expect((await ask('/orders/download', ...asked)).texts).toEqual(['b', 'd', 'a', 'c']);
  });

  it.each<[string, unknown]>([
    ['too few', []],
    ['too many', [{}, {}]],
    ['none', undefined],
    ['what is no payload', [null]],
  ])('fails where the driver gives %s', async (_, retrieved) => {
    const storage = { getDriver: () => ({ retrieve: () => Promise.resolve(retrieved as Payload[]) }) };
    const { ask } = await serve({ externalStorage: { storage, allows: () => true } });
    expect(await ask('/orders/download', reference('x'))).toMatchObject({
      status: 502,
      code: 'STORAGE_FAILED',
    });
  });

  it('tells who asks, and the driver when it is over', async () => {
    const token = 'a-token-of-32-characters-or-more-0123456789';
    const may = [{ namespaces: ['orders'], operations: ['download'] as const }];
    const asking: unknown[] = [];
    const aborted: unknown[] = [];
    const retrieve = ({ abortSignal }: { abortSignal?: AbortSignal }) =>
      new Promise<never>((_, reject) => {
        abortSignal?.addEventListener('abort', () => {
          aborted.push(abortSignal.reason);
          reject(new Error('aborted'));
        });
      });
    const server = createCodecServer({
      codec: new MaskCodec(),
      deadline: '100ms',
      auth: [{ type: 'bearer', tokens: [{ principal: 'ci', token, may }] }],
      externalStorage: {
        storage: { getDriver: () => ({ retrieve }) },
        allows: (_, { principal }) => asking.push(principal?.id) > 0,
      },
    });
    const { response } = await post(
      server,
      '/orders/download',
      { payloads: [reference('x')] },
      { Authorization: `Bearer ${token}` },
    );
    expect(response.status).toBe(504);
    expect(asking).toEqual(['ci']);
    expect(aborted).toMatchObject([{ code: 'DEADLINE_EXCEEDED' }]);
  });

  it('has no placeholders', async () => {
    const { ask } = await serve({ onPayloadError: 'placeholder' });
    expect(await ask('/orders/download', reference('ns/orders/0'), reference('ns/orders/1'))).toMatchObject({
      status: 502,
      code: 'STORAGE_FAILED',
    });
  });

  it('is not found without external storage', async () => {
    const server = createCodecServer({ codec: new MaskCodec() });
    const { response } = await post(server, '/orders/download', { payloads: [reference('ns/orders/0')] });
    expect(response.status).toBe(404);
  });
});

describe('decode', () => {
  it.each(['true', 'TRUE'])(
    'keeps references when it is asked to (%s), and decodes the others',
    async (value) => {
      const { ask, driver } = await serve();
      const path = `/orders/decode?preserveStorageRefs=${value}`;
      const { json } = await ask(path, reference('ns/orders/0'), inline);
      expect(json.payloads).toEqual([reference('ns/orders/0'), inline]);
      expect(driver.retrieved).toEqual([]);
    },
  );

  it('puts the payloads in the place of references otherwise, as the CLI expects', async () => {
    const { ask } = await serve();
    const answer = await ask('/orders/decode', inline, reference('ns/orders/0'));
    expect(answer.texts).toEqual(['"small"', SECRET]);
  });

  it('lets one that cannot be had fail alone, where payloads may', async () => {
    const { ask, records } = await serve({ onPayloadError: 'placeholder' });
    const { texts = [] } = await ask('/orders/decode', reference('ns/billing/9'), reference('ns/orders/0'));
    expect(texts[0]).toContain('[unreadable: REFERENCE_NOT_ALLOWED]');
    expect(texts[1]).toBe(SECRET);
    expect(records[0]).toMatchObject({ outcome: 'partial', unreadableCount: 1 });
  });

  it('leaves references alone without external storage', async () => {
    const server = createCodecServer({ codec: new MaskCodec() });
    const { json } = await post(server, '/orders/decode', { payloads: [reference('ns/orders/0')] });
    expect(json.payloads).toEqual([reference('ns/orders/0')]);
  });
});

it.each<[string, unknown, RegExp]>([
  ['no object', 7, /externalStorage must be an object/],
  ['no storage', { allows: () => true }, /externalStorage\.storage/],
  ['a storage that has no drivers', { storage: {}, allows: () => true }, /externalStorage\.storage/],
  ['no rule', { storage: { getDriver: () => null } }, /externalStorage\.allows/],
  [
    'an unknown field',
    { storage: { getDriver: () => null }, allows: () => true, size: 1 },
    /externalStorage\.size/,
  ],
])('refuses a configuration with %s', (_, externalStorage, message) => {
  const codec: PayloadCodec = new MaskCodec();
  expect(() => createCodecServer({ codec, externalStorage: externalStorage as never })).toThrow(message);
});
