import { describe, expect, it } from '@jest/globals';
import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import { createCodecServer } from '@waxseal/codec-server';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { markFailurePayload, redactedPayload } from '@waxseal/core/failure-payload';
import { SUBJECT_METADATA } from '@waxseal/core/internal';
import { LocalKey } from '@waxseal/local-key';
import { EnvelopePlugin, tolerantCodec, withEnvelope } from '@waxseal/temporal';
import { type PayloadJson, toProtojson } from '@waxseal/test-support';

import { CODECS } from './support/formats';
import { bytesOf, dataOf, encodingOf, orders } from './support/payloads';

const context: SerializationContext = { type: 'workflow', namespace: 'shop', workflowId: 'w' };
const key = (id: string): LocalKey => new LocalKey({ id, key: Buffer.alloc(32, id) });
const ring = (id: string): Keyring => new Keyring({ primary: key(id) });
const envelope = new EnvelopeCodec({ keyring: ring('orders') });
/** It can only open: whatever is to be encrypted fails. */
const broken = new EnvelopeCodec({ keyring: new Keyring({ decryptOnly: [key('orders')] }) });

function chainOf(first: PayloadCodec, codec: EnvelopeCodec): PayloadCodec {
  const [chain, ...others] = withEnvelope({ payloadCodecs: [first] }, codec).payloadCodecs;
  if (chain === undefined || others.length > 0) throw new Error('The codecs are no chain.');
  return chain;
}

async function through(codecs: readonly PayloadCodec[], payloads: Payload[]): Promise<Payload[]> {
  let encoded = payloads;
  for (const codec of codecs) encoded = await codec.encode(encoded, context);
  return encoded;
}

describe.each(CODECS)('a codec for %s', (name, Codec) => {
  it('stands before what encrypts, and is refused behind it', () => {
    const late = [envelope, new Codec()] as const;
    const message = /must stand before EnvelopeCodec/;
    expect(() => withEnvelope({ payloadCodecs: [...late] }, envelope)).toThrow(message);
    const twice = { payloadCodecs: [envelope, new Codec()] };
    const plugin = new EnvelopePlugin({ codecs: [new Codec(), envelope] });
    expect(() => plugin.configureClient({ dataConverter: twice })).toThrow(message);
    expect(() => createCodecServer({ codecs: [...late] })).toThrow(message);
    expect(() => createCodecServer({ codecs: [new Codec(), envelope] })).not.toThrow();
  });

  it('damages one text in a listing, and no other', async () => {
    const first = new Codec({ threshold: 0 });
    const listing = tolerantCodec([first, envelope]);
    const [whole] = await listing.encode([orders()], context);
    const damaged = await envelope.encode([
      { ...(await first.encode([orders()]))[0], data: Buffer.from('x') },
    ]);
    const decoded = await listing.decode([...damaged, whole ?? {}], context);
    expect(dataOf(decoded[0]).toString()).toMatch(/^"\[unreadable: WAXSEAL_COMPRESSION\]/);
    expect(decoded[1]).toEqual(orders());
    expect(JSON.stringify(listing)).toContain(`binary/${name}`);
    const dataConverter = { payloadCodecs: [listing] };
    const plugin = new EnvelopePlugin({ codec: envelope });
    expect(plugin.configureClient({ dataConverter }).dataConverter?.payloadCodecs).toEqual([listing]);
    await expect(plugin.configureWorker({ taskQueue: 'q', dataConverter })).rejects.toThrow('tolerant');
  });

  it('makes what is encrypted smaller', async () => {
    const chain = chainOf(new Codec(), envelope);
    const [sealed] = await chain.encode([orders(200)], context);
    expect(encodingOf(sealed)).toBe('binary/envelope');
    expect(sealed?.data?.length).toBeLessThan(bytesOf(orders(200)).length / 3);
    expect(await chain.decode([sealed ?? {}], context)).toEqual([orders(200)]);
    const [packed] = await envelope.decode([sealed ?? {}], context);
    expect(encodingOf(packed)).toBe(`binary/${name}`);
  });

  it('hides no failure from what redacts it, in a chain and by itself', async () => {
    const failure = markFailurePayload(orders(), 'attributes');
    const redacted = [redactedPayload('attributes')];
    expect(await chainOf(new Codec(), broken).encode([failure], context)).toEqual(redacted);
    expect(await through([new Codec(), broken], [failure])).toEqual(redacted);
    const whole = await through([new Codec(), envelope], [failure]);
    const [packed] = await envelope.decode(whole, context);
    expect(Object.keys(packed?.metadata ?? {})).toEqual(['encoding']);
    expect(await new Codec().decode([packed ?? {}])).toEqual([orders()]);
  });

  it.each([{}, { padding: 'padme' }] as const)(
    'hides from no key whose data they are, with %j',
    async (options) => {
      const [ada, nobody] = [ring('of-ada'), ring('of-nobody')];
      const codec = new EnvelopeCodec({
        keyring: ({ subject, keyId }) => ((subject ?? keyId?.slice(3)) === 'ada' ? ada : nobody),
      });
      const marked = {
        ...orders(),
        metadata: { ...orders().metadata, [SUBJECT_METADATA]: Buffer.from('ada') },
      };
      const keyIds = (payloads: Payload[]): string[] =>
        payloads.map(({ metadata }) => Buffer.from(metadata?.['encryption-key-id'] ?? []).toString());
      const chain = chainOf(new Codec(options), codec);
      const encoded = await chain.encode([marked, orders()], context);
      expect(keyIds(encoded)).toEqual(['of-ada', 'of-nobody']);
      expect(keyIds(await through([new Codec(options), codec], [marked, orders()]))).toEqual([
        'of-ada',
        'of-nobody',
      ]);
      const [decoded, other] = await chain.decode(encoded, context);
      expect(bytesOf(decoded)).toEqual(bytesOf(marked));
      expect(other).toEqual(orders());
      codec.close();
    },
  );

  describe('in a Codec Server', () => {
    const server = createCodecServer({
      codecs: [new Codec({ maxDecompressedBytes: 100_000, maxDecodeBytes: 250_000 }), envelope],
    });
    async function decode(
      payloads: readonly (Payload | undefined)[],
    ): Promise<{ status: number; texts: string[] }> {
      const answer = await server.fetch(
        new Request('http://127.0.0.1/decode', {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-namespace': 'shop' },
          body: JSON.stringify({ payloads: payloads.map(toProtojson) }),
        }),
      );
      const body = (await answer.json()) as { readonly payloads?: readonly PayloadJson[] };
      const texts = (body.payloads ?? []).map(({ data }) => Buffer.from(data, 'base64').toString());
      return { status: answer.status, texts };
    }
    const sealed = (bytes: number): Promise<Payload[]> =>
      through(
        [new Codec({ threshold: 0, maxDecompressedBytes: 2 ** 28, maxDecodeBytes: 2 ** 28 }), envelope],
        [
          {
            metadata: { encoding: Buffer.from('json/plain') },
            data: Buffer.from(JSON.stringify('0'.repeat(bytes))),
          },
        ],
      );

    it('is opened within an envelope', async () => {
      const [one] = await sealed(1_000);
      expect(await decode([one])).toEqual({ status: 200, texts: [JSON.stringify('0'.repeat(1_000))] });
    });

    it('is 413 where a valid envelope holds a bomb, or many that are together too much', async () => {
      const [bomb] = await sealed(50_000_000);
      expect(bomb?.data?.length).toBeLessThan(60_000);
      expect((await decode([bomb])).status).toBe(413);
      const [part] = await sealed(90_000);
      expect((await decode([part, part])).status).toBe(200);
      expect((await decode([part, part, part])).status).toBe(413);
    });

    it('is 422 where it is damaged', async () => {
      const [packed = {}] = await new Codec().encode([orders()]);
      const cut = { ...packed, data: packed.data?.subarray(0, -1) ?? new Uint8Array() };
      expect((await decode(await envelope.encode([cut], context))).status).toBe(422);
      expect((await decode([cut])).status).toBe(422);
    });
  });
});
