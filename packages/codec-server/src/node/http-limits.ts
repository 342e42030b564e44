import type { ServerOptions } from 'node:http';

const OPTIONS = {
  // Also where NODE_OPTIONS has --insecure-http-parser, which lets requests be smuggled past a proxy.
  insecureHTTPParser: false,
  // All headers together; NODE_OPTIONS can change Node's default.
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  // Longer than the deadline of a request, so that slow bodies are answered with 504 and not cut.
  requestTimeout: 30_000,
  // By default the two above are looked at every 30 s only.
  connectionsCheckingInterval: 1_000,
  // Longer than the 60 s after which common load balancers give up idle connections.
  keepAliveTimeout: 65_000,
} satisfies ServerOptions;

/** What Node takes as properties of a server and not as options. */
const PROPERTIES = {
  // Node drops headers beyond a count without a word; they are refused elsewhere instead.
  maxHeadersCount: 0,
  // A client that neither sends nor reads is cut off after once to twice this. Longer than any deadline.
  timeout: 10_000,
  // So that a connection does not outlive a certificate by long.
  maxRequestsPerSocket: 1_000,
  // Beyond these, connections are closed at once; without a bound, those who only connect could take all memory.
  maxConnections: 10_000,
};

/**
 * What Node's HTTP server bounds, written out where its default is lax or can be changed from outside the program
 * (https://nodejs.org/docs/latest-v20.x/api/http.html#httpcreateserveroptions-requestlistener).
 */
export const HTTP_LIMITS = {
  options: OPTIONS,
  properties: PROPERTIES,
  // Of an HTTPS server only; Node gives 120 s.
  handshakeTimeout: 10_000,
};
