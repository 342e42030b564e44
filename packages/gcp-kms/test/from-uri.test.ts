import { describe, expect, it } from '@jest/globals';

import { GcpKmsKey } from '../src';
import { optionsFromUri } from '../src/from-uri';

const NAME = 'projects/p/locations/europe-west1/keyRings/r/cryptoKeys/orders';

function clientOf(uri: string, environment: Record<string, string> = {}): unknown {
  const { client } = optionsFromUri(uri, environment);
  if (typeof client !== 'function') throw new Error('A URI gives what makes clients.');
  return client();
}

describe('GcpKmsKey.fromUri', () => {
  it('makes the key, and asks nothing', () => {
    expect(GcpKmsKey.fromUri(`gcpkms://${NAME}`).id).toBe(NAME);
    expect(GcpKmsKey.fromUri(`gcpkms://${NAME}?id=orders`).id).toBe('orders');
    expect(GcpKmsKey.fromUri(new URL(`gcpkms://${NAME}?endpoint=localhost:8443`)).id).toBe(NAME);
  });

  it.each([
    [`gcpkms://${NAME}`, 'cloudkms.googleapis.com', 443],
    [`gcpkms://${NAME}?endpoint=kms.example.com`, 'kms.example.com', 443],
    [`gcpkms://${NAME}?endpoint=kms.example.com:8443`, 'kms.example.com', 8443],
  ])('%s is asked at %s, port %i', (uri, host, port) => {
    expect(clientOf(uri)).toMatchObject({ _opts: { servicePath: host, port } });
  });

  it.each<[Record<string, string>, object]>([
    [{}, { servicePath: 'kms.test', port: 8443 }],
    [{ HTTPS_PROXY: 'http://proxy.test:3128' }, { servicePath: 'proxy.test', port: 3128 }],
    [
      { HTTPS_PROXY: 'http://proxy.test', https_proxy: '' },
      { servicePath: 'proxy.test', port: 80 },
    ],
    [{ https_proxy: 'proxy.test:3128' }, { servicePath: 'proxy.test', port: 3128 }],
    [{ HTTP_PROXY: 'http://proxy.test:3128' }, { servicePath: 'proxy.test', port: 3128 }],
    [
      { grpc_proxy: 'http://own.test:1', https_proxy: 'http://proxy.test:2' },
      { servicePath: 'own.test', port: 1 },
    ],
    [
      { HTTPS_PROXY: 'http://user:a%40b@proxy.test:3128' },
      { servicePath: 'proxy.test', 'grpc.http_connect_creds': 'user:a@b' },
    ],
    ...['*', 'kms.test', 'test', '.test', '*.test', 'KMS.test:8443', 'a, kms.test'].map(
      (list): [Record<string, string>, object] => [
        { HTTPS_PROXY: 'http://proxy.test:3128', NO_PROXY: list },
        { servicePath: 'kms.test', port: 8443 },
      ],
    ),
    ...['', ',', 'ms.test', 'kms.test:443', '10.0.0.0/8'].map((list): [Record<string, string>, object] => [
      { HTTPS_PROXY: 'http://proxy.test:3128', no_proxy: list },
      { servicePath: 'proxy.test', 'grpc.http_connect_target': 'dns:kms.test:8443' },
    ]),
  ])('with %j goes to %j', (environment, options) => {
    const client = clientOf(`gcpkms://${NAME}?endpoint=kms.test:8443`, environment);
    expect(client).toMatchObject({ _opts: { 'grpc.enable_http_proxy': 0, ...options } });
  });

  it('takes blocks of addresses as gRPC does', () => {
    const environment = { HTTPS_PROXY: 'http://proxy.test:3128', NO_PROXY: '10.0.0.0/8' };
    expect(clientOf(`gcpkms://${NAME}?endpoint=10.1.2.3`, environment)).toMatchObject({
      _opts: { servicePath: '10.1.2.3' },
    });
    expect(clientOf(`gcpkms://${NAME}?endpoint=11.1.2.3`, environment)).toMatchObject({
      _opts: { servicePath: 'proxy.test' },
    });
  });

  it.each(['localhost', 'localhost:8443', '127.0.0.1', '127.8.0.1:8443'])(
    'goes to %s without a proxy',
    (endpoint) => {
      const environment = { grpc_proxy: 'http://proxy.test:3128' };
      expect(clientOf(`gcpkms://${NAME}?endpoint=${endpoint}`, environment)).toMatchObject({
        _opts: { servicePath: endpoint.split(':')[0] },
      });
    },
  );

  it.each([
    ['HTTPS_PROXY', 'https://user:s3cret@proxy.test'],
    ['grpc_proxy', 'http://user:s3cret@proxy.test:99999'],
    ['http_proxy', 'http://us%er:s3cret@proxy.test'],
  ])('refuses a proxy that gRPC cannot use: %s=%s, of which it shows nothing', (variable, value) => {
    const make = (): unknown => GcpKmsKey.fromUri(`gcpkms://${NAME}`, { [variable]: value });
    expect(make).toThrow(expect.objectContaining({ code: 'WAXSEAL_CONFIGURATION' }));
    expect(make).toThrow(new RegExp(`^${variable} must be(?!.*s3cret)`));
  });

  it.each([
    'gcpkms://orders',
    'gcpkms://projects/p?endpoint=http://x',
    'gcpkms://projects/p?region=x',
    `gcpkms://${NAME}#1`,
  ])('refuses %s and says how it is written', (uri) => {
    expect(() => GcpKmsKey.fromUri(uri)).toThrow(expect.objectContaining({ code: 'WAXSEAL_CONFIGURATION' }));
    expect(() => GcpKmsKey.fromUri(uri)).toThrow('must be gcpkms://projects/');
  });
});
