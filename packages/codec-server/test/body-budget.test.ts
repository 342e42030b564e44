import { afterAll, expect, it } from '@jest/globals';
import type { Payload } from '@temporalio/common';
import { longestBody } from '../src/http/longest-body';
import { base64 } from './support/post';
import { start, stopAll } from './support/running';

const KIB = 1024;

afterAll(stopAll);

it('bodies of all requests together are bounded, and their bytes come back', async () => {
  let go: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (go = resolve));
  const wait = async (payloads: Payload[]) => {
    await gate;
    return payloads;
  };
  const server = await start({ codec: { encode: wait, decode: wait }, bodyLimitBytes: KIB });
  const body = { payloads: [{ data: base64('x'.repeat(600)) }] };
  const size = JSON.stringify(body).length;
  const fit = Math.floor((16 * KIB) / size);
  const pending = Array.from({ length: fit + 5 }, () => server.ask('/orders/decode', {}, body));
  const refused = await Promise.any(pending);
  expect([refused.status, refused.json.error?.code]).toEqual([503, 'OVERLOADED']);
  expect(refused.headers.get('Retry-After')).toBe('1');
  setTimeout(go, 100);
  const statuses = (await Promise.all(pending)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(fit);
  const again = await Promise.all(Array.from({ length: fit }, () => server.ask('/orders/decode', {}, body)));
  expect(new Set(again.map(({ status }) => status))).toEqual(new Set([200]));
  const malformed = Array.from({ length: 3 * fit }, () => server.ask('/orders/decode', {}, { payloads: 7 }));
  expect(new Set((await Promise.all(malformed)).map(({ status }) => status))).toEqual(new Set([400]));
});

it.each([
  [undefined, 100],
  ['0', 0],
  ['99', 99],
  ['100', 100],
  ['1e9', 100],
  ['-1', 100],
  ['x', 100],
])('a body that declares %s counts as %s of at most 100 bytes', (declared, expected) => {
  const headers = new Headers(declared === undefined ? {} : { 'Content-Length': declared });
  expect(longestBody(headers, 100)).toBe(expected);
});
