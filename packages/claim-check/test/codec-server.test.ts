import { randomBytes, randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ExternalStorage, type Payload, type SerializationContext } from '@temporalio/common';
import { StoreDriver, TokenCodec } from '@waxseal/claim-check';
import { createCodecServer } from '@waxseal/codec-server';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { PgliteStore } from '@waxseal/store';
import { jsonPayload, type PayloadJson, toProtojson } from '@waxseal/test-support';

const context: SerializationContext = { type: 'workflow', namespace: 'shop', workflowId: randomUUID() };
let store: PgliteStore;
let codec: EnvelopeCodec;

beforeAll(async () => {
  store = new PgliteStore();
  await store.check();
  codec = new EnvelopeCodec({
    keyring: new Keyring({ primary: new LocalKey({ id: 'orders', key: randomBytes(32) }) }),
  });
}, 60_000);

afterAll(() => store.close());

/** Asks a Codec Server as the Web UI does. */
async function ask(
  path: 'decode' | 'download',
  payloads: readonly (PayloadJson & { readonly externalPayloads?: unknown })[],
): Promise<{ readonly status: number; readonly texts: readonly string[] }> {
  const server = createCodecServer({
    codec: new TokenCodec({ codec, store }),
    externalStorage: {
      storage: new ExternalStorage({ drivers: [new StoreDriver({ store })] }),
      allows: ({ driverName }) => driverName === 'waxseal',
    },
  });
  const answer = await server.fetch(
    new Request(`http://127.0.0.1/${path}?preserveStorageRefs=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-namespace': 'shop' },
      body: JSON.stringify({ payloads }),
    }),
  );
  const body = (await answer.json()) as { readonly payloads?: readonly PayloadJson[] };
  const texts = (body.payloads ?? []).map(({ data }) => Buffer.from(data, 'base64').toString());
  return { status: answer.status, texts };
}

/** What the SDK leaves of a payload that its external storage has taken. */
async function referenceTo(payload: Payload): Promise<PayloadJson & { readonly externalPayloads: unknown }> {
  const driver = new StoreDriver({ store });
  const [claim] = await driver.store(
    { target: { namespace: 'shop' } },
    await codec.encode([payload], context),
  );
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return {
    metadata: {
      encoding: base64('json/protobuf'),
      messageType: base64('temporal.api.sdk.v1.ExternalStorageReference'),
    },
    data: base64(JSON.stringify({ driverName: 'waxseal', claimData: claim?.claimData })),
    externalPayloads: [{ sizeBytes: '400' }],
  };
}

describe('a Codec Server', () => {
  it('decodes tokens, and says 404 of one that the store does not have', async () => {
    const [token] = await new TokenCodec({ codec, store }).encode([jsonPayload('kept')], context);
    expect(await ask('decode', [toProtojson(token)])).toEqual({ status: 200, texts: ['"kept"'] });
    const missing = { ...token, data: randomBytes(16) };
    expect((await ask('decode', [toProtojson(missing)])).status).toBe(404);
  });

  it('downloads what the SDK has put into the store, and leaves references alone when it decodes', async () => {
    const reference = await referenceTo(jsonPayload('large'));
    expect(await ask('download', [reference])).toEqual({ status: 200, texts: ['"large"'] });
    const { texts } = await ask('decode', [reference]);
    expect(texts[0]).toContain('"driverName":"waxseal"');
  });
});
