import type { Payload, SerializationContext } from '@temporalio/common';
import { KeyServiceError, UnknownKeyError } from '@waxseal/core';
import { DecryptionError } from '@waxseal/core/internal';
import type { CodecServerOptions } from '../../src';
import { MaskCodec } from './mask-codec';
import { base64 } from './post';

const ORIGIN = 'https://ui.example.com';
const PLAIN = { metadata: { encoding: base64('json/plain') }, data: base64('{"card":"4111111111111234"}') };

/** Tokens of the server `guarded`. */
const TOKEN = {
  support: 'support-token-of-32-characters-or-more-01',
  full: 'full-token-of-32-characters-or-more-012345',
  both: 'both-token-of-32-characters-or-more-012345',
  often: 'often-token-of-32-characters-or-more-01234',
};

/** Throws where the encoding of a payload names an error. */
class TableCodec extends MaskCodec {
  override decode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    for (const { metadata } of payloads) {
      const name = Buffer.from(metadata?.['encoding'] ?? []).toString();
      if (name === 'fail/key') throw new UnknownKeyError('secret');
      if (name === 'fail/service') throw new KeyServiceError('secret', 'unavailable');
      if (name === 'fail/open') throw new DecryptionError();
      if (name === 'fail/other') throw new Error('secret');
    }
    return super.decode(payloads, context);
  }
}

function token(principal: keyof typeof TOKEN, operations: readonly ('decode' | 'encode')[], policy?: string) {
  return {
    principal,
    token: TOKEN[principal],
    may: [{ namespaces: ['orders'], operations, ...(policy === undefined ? {} : { policy }) }],
  };
}

/** The servers of the table; what they tell is kept beside their answers. */
export const SERVERS: Readonly<Record<string, CodecServerOptions>> = {
  open: {
    codec: new TableCodec(),
    allowEncode: true,
    allowedOrigins: [ORIGIN],
    metrics: () => Promise.resolve('a 1\n'),
    basePath: '/base',
  },
  guarded: {
    codec: new TableCodec(),
    allowEncode: true,
    allowedOrigins: [ORIGIN],
    allowCredentials: true,
    auth: [
      {
        type: 'bearer',
        tokens: [
          token('support', ['decode'], 'support'),
          token('full', ['decode', 'encode'], 'full'),
          token('both', ['decode'], 'full'),
          token('often', ['decode'], 'full'),
        ],
      },
    ],
    policies: { support: { mask: [{ path: '$.card', show: { last: 4 } }] } },
    rateLimit: { requestsPerSecond: 0.001, burst: 6 },
  },
  lenient: { codec: new TableCodec(), onPayloadError: 'placeholder', defaultNamespace: 'orders' },
  small: { codec: new TableCodec(), bodyLimitBytes: 2048, readiness: () => false },
  'unrecorded and guarded': {
    codec: new TableCodec(),
    auth: [{ type: 'bearer', tokens: [token('full', ['decode'])] }],
    audit: () => {
      throw new Error('disk full');
    },
  },
  unrecorded: { codec: new TableCodec(), audit: () => Promise.reject(new Error('disk full')) },
};

/** One row of the table. */
export interface TableRequest {
  readonly server: keyof typeof SERVERS;
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Bytes as they are sent, where a `Request` cannot say it. */
  readonly raw?: string;
}

const of = (...payloads: readonly object[]): string => JSON.stringify({ payloads });
const named = (encoding: string): object => ({ metadata: { encoding: base64(encoding) }, data: base64('1') });
const post = (
  server: string,
  path: string,
  headers: Record<string, string> = {},
  body = of(PLAIN),
): TableRequest => ({
  server,
  method: 'POST',
  path,
  headers: { 'Content-Type': 'application/json', ...headers },
  body,
});
const get = (
  server: string,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): TableRequest => ({
  server,
  method,
  path,
  headers,
});
const bearer = (name: keyof typeof TOKEN): Record<string, string> => ({
  Authorization: `Bearer ${TOKEN[name]}`,
});
const raw = (server: string, ...lines: readonly string[]): TableRequest => ({
  server,
  method: '',
  path: '',
  raw: lines.join('\r\n'),
});
const MASKED = of({ metadata: { encoding: base64('binary/mask') }, data: base64('\xf5\xff') });
const PREFLIGHT = {
  'Access-Control-Request-Method': 'POST',
  'Access-Control-Request-Headers': 'authorization,content-type',
};
const OVERSIZED = of({ data: 'A'.repeat(2048) });

/** Requests by name, in the order in which they are made. */
export const TABLE: Readonly<Record<string, TableRequest>> = {
  'decode one': post('open', '/decode'),
  'decode in a namespace': post('open', '/orders/decode', { 'X-Namespace': 'orders' }),
  'decode behind the base path': post('open', '/base/orders/decode/'),
  'decode several': post('open', '/decode', {}, of(PLAIN, {}, named('binary/plain'), PLAIN)),
  'decode none': post('open', '/decode', {}, '{}'),
  'decode with names that are not ASCII': post(
    'open',
    '/decode',
    {},
    of({ metadata: { 'schlüssel 🦭': '' } }),
  ),
  'decode sizes of external payloads': post(
    'open',
    '/decode',
    {},
    of({ external_payloads: [{ size_bytes: 7 }] }),
  ),
  'decode an envelope that is damaged': post('open', '/decode', {}, MASKED),
  'decode from an allowed origin': post('open', '/decode', { Origin: ORIGIN }),
  'decode from its own origin': post('open', '/decode', { Origin: 'http://127.0.0.1:8081' }),
  'decode from another origin': post('open', '/decode', { Origin: 'https://evil.example.com' }),
  'decode from no origin': post('open', '/decode', { Origin: 'null' }),
  'decode with an ID of the client': post('open', '/decode', { 'X-Request-Id': 'client-id_1=' }),
  'decode with an ID that is none': post('open', '/decode', { 'X-Request-Id': 'not an id' }),
  'decode with an ID that is too long': post('open', '/decode', { 'X-Request-Id': 'a'.repeat(256) }),
  'decode keeping references': post('open', '/decode?preserveStorageRefs=true&x=%ff'),
  'decode at an encoded path': post('open', '/zahlungen%20s%C3%BCd/decode'),
  'decode at a path that is not UTF-8': post('open', '/%E0%A4%A/decode'),
  'decode for two namespaces': post('open', '/orders/decode', { 'X-Namespace': 'payments' }),
  'decode for the template': post('open', '/decode', { 'X-Namespace': '{namespace}' }),
  'decode for a namespace that is none': post('open', `/${'a'.repeat(1001)}/decode`),
  'post to nowhere': post('open', '/decode/orders'),
  'post to the root': post('open', '/'),
  encode: post('open', '/orders/encode'),
  'encode without a namespace': post('open', '/encode'),
  'encode a placeholder': post('open', '/orders/encode', {}, of({ data: base64('"[unreadable: X] y"') })),
  'encode where it is not allowed': post('small', '/orders/encode'),
  inspect: post('open', '/orders/inspect'),
  'download without storage': post('open', '/orders/download'),
  'not JSON': post('open', '/decode', {}, '{'),
  'not UTF-8': post('open', '/decode', {}, '{"a":"\ud800"'),
  'not an object': post('open', '/decode', {}, '[]'),
  'payloads that are none': post('open', '/decode', {}, '{"payloads":{}}'),
  'a payload that is none': post('open', '/decode', {}, '{"payloads":[1]}'),
  'base64 that is none': post('open', '/decode', {}, of({ data: 'a' })),
  'nested too deeply': post('open', '/decode', {}, `{"x":${'['.repeat(40)}${']'.repeat(40)}}`),
  'an empty body': post('open', '/decode', {}, ''),
  'a compressed body': post('open', '/decode', { 'Content-Encoding': 'gzip' }),
  'an identical body': post('open', '/decode', { 'Content-Encoding': 'identity' }),
  'an oversized body': post('small', '/decode', {}, OVERSIZED),
  'an unknown key': post('open', '/decode', {}, of(named('fail/key'))),
  'a key service that is away': post('open', '/decode', {}, of(named('fail/service'))),
  'a payload that does not open': post('open', '/decode', {}, of(PLAIN, named('fail/open'))),
  'a failure of the codec': post('open', '/decode', { Origin: ORIGIN }, of(named('fail/other'))),
  'a placeholder for one': post('lenient', '/decode', {}, of(PLAIN, named('fail/open'), named('fail/key'))),
  'no answer without a record': post('unrecorded', '/decode'),
  'no refusal without a record': post('unrecorded', '/nowhere'),
  'no challenge without a record': post('unrecorded and guarded', '/orders/decode'),
  'no payload without a record': post('unrecorded and guarded', '/orders/decode', bearer('full')),
  'health without a record': get('unrecorded', '/healthz'),
  'no token': post('guarded', '/orders/decode'),
  'no token, by the Web UI': post('guarded', '/orders/decode', { Authorization: 'Bearer undefined' }),
  'another scheme': post('guarded', '/orders/decode', { Authorization: 'Basic abc' }),
  'another token': post('guarded', '/orders/decode', { Authorization: 'Bearer wrong' }),
  'no namespace': post('guarded', '/decode', bearer('full')),
  'another namespace': post('guarded', '/payments/decode', bearer('full')),
  masked: post('guarded', '/orders/decode', { ...bearer('support'), Origin: ORIGIN }),
  'several masked': post(
    'guarded',
    '/orders/decode',
    bearer('support'),
    of(PLAIN, named('binary/plain'), {}, PLAIN),
  ),
  'not masked': post('guarded', '/orders/decode', {
    ...bearer('full'),
    'X-Workflow-Id': 'order-1',
    'X-Run-Id': 'r',
  }),
  'on a page': post('guarded', '/orders/decode', {
    ...bearer('full'),
    Origin: ORIGIN,
    Referer: `${ORIGIN}/namespaces/orders/workflows/order-1/run-1/history`,
  }),
  'inspect with a token': post('guarded', '/orders/inspect', bearer('support')),
  'encode unmasked': post('guarded', '/orders/encode', bearer('full')),
  'encode masked': post('guarded', '/orders/encode', bearer('support')),
  'encode without the right': post('guarded', '/orders/encode', bearer('both')),
  ...Object.fromEntries(
    Array.from({ length: 7 }, (_, count) => [
      `one of too many requests: ${String(count)}`,
      post('guarded', '/orders/decode', bearer('often'), '{}'),
    ]),
  ),
  preflight: get('open', '/decode', { ...PREFLIGHT, Origin: ORIGIN }, 'OPTIONS'),
  'preflight with credentials': get('guarded', '/orders/decode', { ...PREFLIGHT, Origin: ORIGIN }, 'OPTIONS'),
  'preflight of its own origin': get('guarded', '/decode', { Origin: 'http://127.0.0.1:8081' }, 'OPTIONS'),
  'preflight of another origin': get(
    'open',
    '/decode',
    { ...PREFLIGHT, Origin: 'https://evil.example.com' },
    'OPTIONS',
  ),
  'options without an origin': get('open', '/nowhere', {}, 'OPTIONS'),
  'get decode': get('open', '/decode'),
  'put decode': get('open', '/orders/decode', {}, 'PUT'),
  'delete nowhere': get('open', '/nowhere', {}, 'DELETE'),
  'head decode': get('open', '/decode', {}, 'HEAD'),
  'the line at the root': get('open', '/'),
  'the line at the base path': get('open', '/base'),
  'head of the root': get('open', '/', {}, 'HEAD'),
  'the root, from another origin': get('open', '/', { Origin: 'https://evil.example.com' }),
  'the root, from an allowed origin': get('open', '/', { Origin: ORIGIN }),
  'the page': get('open', '/', { Accept: 'text/html' }),
  'head of the page': get('open', '/', { Accept: 'text/html' }, 'HEAD'),
  'the document': get('open', '/openapi.json'),
  health: get('open', '/healthz'),
  'head of health': get('open', '/healthz', {}, 'HEAD'),
  'health, and a query': get('guarded', '/healthz?a=b'),
  'posted health': post('open', '/healthz'),
  ready: get('open', '/readyz'),
  'not ready': get('small', '/readyz'),
  'not ready, head': get('small', '/readyz', {}, 'HEAD'),
  'readiness of a key': get('open', '/readyz?key=a%20b'),
  metrics: get('open', '/metrics'),
  'no metrics': get('guarded', '/metrics'),
  'no such page': get('guarded', '/nothing', { Origin: ORIGIN }),
  'a host by name': raw('open', 'GET /healthz HTTP/1.1', 'Host: LOCALHOST:1', 'Connection: close', '', ''),
  'a host that is not loopback': raw(
    'open',
    'POST /decode HTTP/1.1',
    'Host: evil.example.com',
    'Connection: close',
    'Content-Length: 2',
    '',
    '{}',
  ),
  'a host that is none': raw(
    'guarded',
    'POST /decode HTTP/1.1',
    'Host: a b',
    'Connection: close',
    'Content-Length: 2',
    '',
    '{}',
  ),
  'no host': raw('open', 'POST /decode HTTP/1.1', 'Content-Length: 2', '', '{}'),
  'an old health check': raw('guarded', 'GET /healthz HTTP/1.0', '', ''),
  'options of the server': raw('open', 'OPTIONS * HTTP/1.1', 'Host: 127.0.0.1', 'Connection: close', '', ''),
  'an absolute target': raw(
    'guarded',
    'POST http://127.0.0.1:9/orders/decode HTTP/1.1',
    'Host: 127.0.0.1:9',
    `Authorization: ${bearer('support')['Authorization'] ?? ''}`,
    'Connection: close',
    'Content-Length: 2',
    '',
    '{}',
  ),
  'the target of another server': raw(
    'open',
    'POST http://a/decode HTTP/1.1',
    'Host: 127.0.0.1',
    'Content-Length: 2',
    '',
    '{}',
  ),
  'a dot in the path': raw(
    'open',
    'POST /a/../decode HTTP/1.1',
    'Host: 127.0.0.1',
    'Content-Length: 2',
    '',
    '{}',
  ),
  'a backslash in the path': raw(
    'open',
    'GET /a\\decode HTTP/1.1',
    'Host: 127.0.0.1',
    'Connection: close',
    '',
    '',
  ),
  'odd characters in the path': raw(
    'open',
    'POST /a"<b>|/decode HTTP/1.1',
    'Host: 127.0.0.1',
    'Connection: close',
    'Content-Length: 2',
    '',
    '{}',
  ),
  'two of a header': raw(
    'guarded',
    'POST /orders/decode HTTP/1.1',
    'Host: 127.0.0.1',
    `Authorization: ${bearer('support')['Authorization'] ?? ''}`,
    'Authorization: Bearer other',
    'Connection: close',
    'Content-Length: 2',
    '',
    '{}',
  ),
  'two namespaces in headers': raw(
    'open',
    'POST /decode HTTP/1.1',
    'Host: 127.0.0.1',
    'X-Namespace: a',
    'X-Namespace: b',
    'Connection: close',
    'Content-Length: 2',
    '',
    '{}',
  ),
  'a chunked body': raw(
    'open',
    'POST /decode HTTP/1.1',
    'Host: 127.0.0.1',
    'Transfer-Encoding: chunked',
    'Connection: close',
    '',
    '2',
    '{}',
    '0',
    '',
    '',
  ),
  'a chunked body that is oversized': raw(
    'small',
    'POST /decode HTTP/1.1',
    'Host: 127.0.0.1',
    'Transfer-Encoding: chunked',
    '',
    'fff',
    'x'.repeat(4095),
    '',
  ),
  'a declared length that is oversized': raw(
    'small',
    'POST /decode HTTP/1.1',
    'Host: 127.0.0.1',
    'Content-Length: 4096',
    '',
    'x',
  ),
  'two requests on a connection': raw(
    'open',
    'POST /decode HTTP/1.1',
    'Host: 127.0.0.1',
    'Content-Length: 2',
    '',
    '{}GET /healthz HTTP/1.1',
    'Host: 127.0.0.1',
    'Connection: close',
    '',
    '',
  ),
  'a refusal with a body, and a request behind it': raw(
    'open',
    'POST /nowhere HTTP/1.1',
    'Host: 127.0.0.1',
    'Content-Length: 2',
    '',
    '{}GET /healthz HTTP/1.1',
    'Host: 127.0.0.1',
    'Connection: close',
    '',
    '',
  ),
  'an expectation': raw(
    'open',
    'POST /decode HTTP/1.1',
    'Host: 127.0.0.1',
    'Expect: 100-continue',
    'Connection: close',
    'Content-Length: 2',
    '',
    '{}',
  ),
  'a body of a GET': raw(
    'open',
    'GET /healthz HTTP/1.1',
    'Host: 127.0.0.1',
    'Connection: close',
    'Content-Length: 2',
    '',
    '{}',
  ),
  trace: raw('open', 'TRACE /decode HTTP/1.1', 'Host: 127.0.0.1', 'Connection: close', '', ''),
  'a method of nobody': raw(
    'open',
    'PROPFIND /decode HTTP/1.1',
    'Host: 127.0.0.1',
    'Connection: close',
    '',
    '',
  ),
};
