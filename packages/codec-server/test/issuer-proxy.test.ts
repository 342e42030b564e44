import { afterAll, afterEach, beforeAll, expect, it, jest } from '@jest/globals';
import { startHttpProxy, type HttpProxy } from '@waxseal/test-support';

import { AUDIENCE, Issuer } from './support/issuer';
import { bearer, start, stopAll } from './support/running';

const names = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy'];
const before = names.map((name) => [name, process.env[name]] as const);
let proxy: HttpProxy;
let extraMs = 0;

beforeAll(async () => {
  proxy = await startHttpProxy();
  for (const name of names) Reflect.deleteProperty(process.env, name);
  process.env['HTTP_PROXY'] = proxy.url;
  const now = Date.now.bind(Date);
  jest.spyOn(Date, 'now').mockImplementation(() => now() + extraMs);
});
afterEach(async () => {
  await stopAll();
  Reflect.deleteProperty(process.env, 'NO_PROXY');
  proxy.asked.length = 0;
  extraMs = 0;
});
afterAll(async () => {
  jest.restoreAllMocks();
  for (const [name, value] of before) if (value !== undefined) process.env[name] = value;
  await proxy.close();
});

/** What requests to a Codec Server are answered whose issuer is a new one; `next` is awaited between them. */
async function statuses(...next: (() => void)[]): Promise<number[]> {
  const issuer = await Issuer.start();
  const server = await start({
    auth: [{ type: 'jwt', issuer: issuer.url, audience: AUDIENCE }],
    authorize: [{ principals: ['*'], namespaces: ['orders'], operations: ['decode'] }],
  });
  const token = await issuer.token();
  const answers: number[] = [];
  for (const prepare of [() => undefined, ...next]) {
    prepare();
    answers.push((await server.ask('/orders/decode', bearer(token))).status);
  }
  expect(new Set(proxy.asked).size).toBeLessThan(2);
  await issuer.stop();
  return answers;
}

it('discovery and keys come through the proxy', async () => {
  expect(await statuses()).toEqual([200]);
  expect(proxy.asked).not.toEqual([]);
});

it('come again when a proxy that was away is back', async () => {
  proxy.answers = 502;
  const back = (): void => {
    proxy.answers = 'tunnel';
    extraMs += 6_000;
  };
  expect(await statuses(back)).toEqual([503, 200]);
});

it('do not where NO_PROXY says so', async () => {
  process.env['NO_PROXY'] = '127.0.0.1';
  expect(await statuses()).toEqual([200]);
  expect(proxy.asked).toEqual([]);
});
