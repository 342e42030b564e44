import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createCodecServer, listen, type CodecServerOptions, type ListenOptions } from '../src';
import { MaskCodec } from './support/mask-codec';
import { raw } from './support/raw';

const TOKEN = 'a-token-of-more-than-thirty-two-characters';
const auth: CodecServerOptions['auth'] = [
  {
    type: 'bearer',
    tokens: [{ principal: 'ci', token: TOKEN, may: [{ namespaces: ['*'], operations: ['decode'] }] }],
  },
];

const SERVERS: readonly [string, Partial<CodecServerOptions>, ListenOptions][] = [
  ['on loopback without authentication', {}, {}],
  ['with authentication', { auth }, {}],
  ['open on purpose', {}, { allowUnauthenticatedNetworkAccess: true }],
];

/** As HAProxy, nginx, Nagios, AWS, Google Cloud, Kubernetes and Envoy send them. */
const CHECKS: readonly [string, string, number][] = [
  ['HTTP/1.0 without Host', 'GET /healthz HTTP/1.0\r\n\r\n', 200],
  ['HEAD over HTTP/1.0 without Host', 'HEAD /readyz HTTP/1.0\r\n\r\n', 200],
  ['OPTIONS over HTTP/1.0 without Host', 'OPTIONS / HTTP/1.0\r\n\r\n', 204],
  ['OPTIONS of the server as a whole', 'OPTIONS * HTTP/1.0\r\n\r\n', 204],
  ['the same over HTTP/1.1', 'OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n', 204],
  ['an empty Host', 'GET /healthz HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n', 200],
  ['an empty Host and HEAD', 'HEAD /healthz HTTP/1.1\r\nHost: \r\nConnection: close\r\n\r\n', 200],
  ['a slash at the end', 'GET /healthz/ HTTP/1.0\r\n\r\n', 200],
  ['a query', 'GET /healthz?probe=1 HTTP/1.0\r\n\r\n', 200],
  ['HTTP/1.1 without Host, which is malformed', 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
];

describe.each(SERVERS)('a server %s', (_, options, listenOptions) => {
  let url: string;
  let close: () => Promise<void>;

  beforeAll(async () => {
    const server = createCodecServer({ codec: new MaskCodec(), ...options });
    ({ url, close } = await listen(server, { port: 0, ...listenOptions }));
  });
  afterAll(() => close());

  it.each(CHECKS)('answers a health check with %s', async (_name, request, status) => {
    expect((await raw(url, request)).statuses).toEqual([status]);
  });

  it('decodes nothing where there is no Host', async () => {
    const request = `POST /orders/decode HTTP/1.0\r\nOrigin: http://host.invalid.example\r\nContent-Length: 2\r\n\r\n{}`;
    expect((await raw(url, request)).statuses).toEqual([400]);
  });
});
