import { expect, it } from '@jest/globals';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { jsonPayload } from '@waxseal/test-support';

import { createCodecServer, DecodePolicies, HIDDEN_METADATA } from '../src';

/** A codec that opens into these payloads, as docs/masking.md writes one that masks. */
function masking(opened: Payload[]): PayloadCodec {
  const policies = new DecodePolicies({
    policies: { support: { mask: [{ path: '$..card', show: { last: 4 } }] } },
  });
  const policy = policies.policyFor(['support']);
  return {
    encode: () => Promise.reject(new Error('This server only decodes.')),
    decode: () => policy.apply(opened),
  };
}

it('a server with a codec that masks shows what the policy leaves, and nothing of what it cannot read', async () => {
  const opened = [
    jsonPayload({ card: '4111111111111234', city: 'Ripley' }),
    { data: Buffer.from('4111111111111234') },
  ];
  const server = createCodecServer({ codec: masking(opened) });
  const sealed = { metadata: { encoding: Buffer.from('binary/envelope').toString('base64') }, data: '' };
  const answer = await server.fetch(
    new Request('http://localhost/orders/decode', {
      method: 'POST',
      body: JSON.stringify({ payloads: [sealed, sealed] }),
    }),
  );
  expect(answer.status).toBe(200);
  const { payloads } = (await answer.json()) as {
    payloads: { metadata: Record<string, string>; data: string }[];
  };
  const texts = payloads.map(({ data }) => Buffer.from(data, 'base64').toString());
  expect(texts[0]).toBe('{"card":"****1234","city":"Ripley"}');
  expect(texts.join()).not.toContain('411111');
  expect(Object.keys(payloads[1]?.metadata ?? {})).toContain(HIDDEN_METADATA);
});
