import { expect, it } from '@jest/globals';
import { createCodecServer } from '@waxseal/codec-server';

import { toProtojson } from '@waxseal/test-support';

import { SamplesCodec } from '../src';
import { KEYS, vector } from './support/peers';

const server = createCodecServer({
  codec: new SamplesCodec({ keys: { test: Buffer.from(KEYS.samples) }, keyIdsThatAreKeys: ['x'.repeat(32)] }),
});

it.each([
  ['go', (data: Uint8Array) => data, 200, undefined],
  ['go', (data: Uint8Array) => data.subarray(1), 422, 'WAXSEAL_PEER_FORMAT'],
  ['typescript', (data: Uint8Array) => data, 404, 'WAXSEAL_PEER_FORMAT'],
  ['java', (data: Uint8Array) => data, 404, 'WAXSEAL_PEER_FORMAT'],
] as const)('a Codec Server answers for %s', async (name, change, status, code) => {
  const { payload } = vector(name);
  const changed = toProtojson({ ...payload, data: change(payload.data ?? new Uint8Array()) });
  const answer = await server.fetch(
    new Request('http://127.0.0.1/decode', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-namespace': 'default' },
      body: JSON.stringify({ payloads: [changed] }),
    }),
  );
  expect(answer.status).toBe(status);
  const text = await answer.text();
  if (code !== undefined) expect(text).toContain(code);
  expect(text).not.toContain('test-key');
});
