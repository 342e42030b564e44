import { expect, it } from '@jest/globals';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { parsePayload, serializePayload } from '@waxseal/core/internal';
import { LocalKey } from '@waxseal/local-key';
import { withEnvelope } from '@waxseal/temporal';
import { jsonPayload } from '@waxseal/test-support';

import { keyIdOf, markedPayload, workflow } from './support/application';

const key = (id: string): Keyring =>
  new Keyring({ primary: new LocalKey({ id, key: Buffer.alloc(32, id) }) });

/** Packs a payload into another one, as compression does. */
const packing: PayloadCodec = {
  encode: (payloads) =>
    Promise.resolve(
      payloads.map((payload) => ({
        metadata: { encoding: Buffer.from('binary/packed') },
        data: Buffer.concat(serializePayload(payload)),
      })),
    ),
  decode: (payloads) =>
    Promise.resolve(payloads.map(({ data }): Payload => parsePayload(data ?? new Uint8Array()))),
};

it('codecs before the one that encrypts do not hide whose data a payload is', async () => {
  const [ada, nobody] = [key('of-ada'), key('of-nobody')];
  const codec = new EnvelopeCodec({
    keyring: ({ subject, keyId }) => ((subject ?? keyId?.slice(3)) === 'ada' ? ada : nobody),
  });
  const [chain, ...others] = withEnvelope({ payloadCodecs: [packing, packing] }, codec).payloadCodecs;
  if (chain === undefined || others.length > 0) throw new Error('The codecs are no chain.');
  const payloads = [markedPayload('ada', 1), jsonPayload(2)];
  const encoded = await chain.encode(payloads, workflow());
  expect(encoded.map(keyIdOf)).toEqual(['of-ada', 'of-nobody']);
  const decoded = await chain.decode(encoded, workflow());
  expect(decoded.map(({ data }) => Buffer.from(data ?? []).toString())).toEqual(['1', '2']);
  codec.close();
});
