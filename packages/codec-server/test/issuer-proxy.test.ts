import tls from 'node:tls';
import { inspect } from 'node:util';

import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createTestAuthority, startTlsTerminator } from '@waxseal/bring-up';
import { startHttpProxy, type HttpProxy } from '@waxseal/test-support';

import { IssuerDiscovery } from '../src/auth/issuer-discovery';
import type * as IssuerKeysModule from '../src/auth/issuer-keys';
import { AUDIENCE, Issuer } from './support/issuer';
import { bearer, start, stopAll } from './support/running';

const names = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy'];
const before = names.map((name) => [name, process.env[name]] as const);
const hosts: Record<string, number> = {};
let certificate: { cert: string; key: string };
let proxy: HttpProxy;
let extraMs = 0;

beforeAll(async () => {
  const authority = await createTestAuthority('issuers');
  const { certPem, keyPem } = await authority.issue({
    commonName: 'issuer',
    dnsNames: ['issuer.test'],
    usage: 'server',
  });
  certificate = { cert: certPem, key: keyPem };
  const { connect } = tls;
  jest
    .spyOn(tls, 'connect')
    .mockImplementation(((options: tls.ConnectionOptions) =>
      connect({ ...options, ca: authority.certPem })) as never);
  proxy = await startHttpProxy(hosts);
  for (const name of names) Reflect.deleteProperty(process.env, name);
  process.env['HTTPS_PROXY'] = proxy.url;
  process.env['HTTP_PROXY'] = 'http://127.0.0.1:1';
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
async function statuses(isHere: boolean, ...next: (() => void)[]): Promise<number[]> {
  const issuer = await Issuer.start();
  const upstream = new URL(issuer.url).host;
  const front = await startTlsTerminator({ upstream, protocols: ['http/1.1'], ...certificate });
  const url = isHere ? issuer.url : 'https://issuer.test';
  issuer.discovery = { issuer: url, jwks_uri: `${url}/keys` };
  hosts['issuer.test:443'] = front.port;
  const server = await start({
    auth: [{ type: 'jwt', issuer: url, audience: AUDIENCE }],
    authorize: [{ principals: ['*'], namespaces: ['orders'], operations: ['decode'] }],
  });
  const token = await issuer.token({ iss: url });
  const answers: number[] = [];
  for (const prepare of [() => undefined, ...next]) {
    prepare();
    answers.push((await server.ask('/orders/decode', bearer(token))).status);
  }
  expect(new Set(proxy.asked).size).toBeLessThan(2);
  await Promise.all([issuer.stop(), front.close()]);
  return answers;
}

it('discovery and keys come through the proxy', async () => {
  expect(await statuses(false)).toEqual([200]);
  expect(new Set(proxy.asked)).toEqual(new Set(['issuer.test:443']));
});

it('come again when a proxy that was away is back', async () => {
  proxy.answers = 502;
  const back = (): void => {
    proxy.answers = 'tunnel';
    extraMs += 6_000;
  };
  expect(await statuses(false, back)).toEqual([503, 200]);
});

it('do not where NO_PROXY says so', async () => {
  process.env['NO_PROXY'] = '.test';
  expect(await statuses(false)).toEqual([503]);
  expect(proxy.asked).toEqual([]);
});

it('never leave this machine where the issuer is on it', async () => {
  expect(await statuses(true)).toEqual([200]);
  expect(proxy.asked).toEqual([]);
});

describe('without connections that are there already', () => {
  const keysOf = async (url: string): Promise<unknown> => {
    let fresh: typeof IssuerKeysModule | undefined;
    jest.isolateModules(() => {
      fresh = jest.requireActual<typeof IssuerKeysModule>('../src/auth/issuer-keys');
    });
    if (fresh === undefined) throw new Error('It was not loaded.');
    const { keyFor } = new fresh.IssuerKeys(new IssuerDiscovery('https://issuer.test'), url);
    return Promise.resolve(keyFor({ alg: 'ES256' }, {} as never)).catch((error: unknown) => error);
  };

  it.each(['http://user:s3cret@proxy:99999', 'http://us%er:s3cret@proxy'])(
    'a proxy that is no URL (%s) is named by its variable, without its value',
    async (value) => {
      process.env['HTTPS_PROXY'] = value;
      const error = await keysOf('https://issuer.test/keys');
      process.env['HTTPS_PROXY'] = proxy.url;
      expect(error).toMatchObject({ name: 'IssuerUnavailableError' });
      expect(error).not.toHaveProperty('cause');
      expect(inspect(error, { showHidden: true })).toMatch(/HTTPS_PROXY must be(?![^]*s3cret)/);
    },
  );

  it('HTTPS is not asked through the proxy of HTTP_PROXY', async () => {
    process.env['HTTPS_PROXY'] = '';
    process.env['HTTP_PROXY'] = proxy.url;
    await keysOf('https://issuer.test/keys');
    process.env['HTTPS_PROXY'] = proxy.url;
    expect(proxy.asked).toEqual([]);
  });
});
