import { ConfigurationError, isLoopback, proxyFromEnvironment } from '@waxseal/core/provider';
import type * as Undici from 'undici';

/** How long an issuer may take. */
export const TIMEOUT_MS = 3_000;
/** How soon an issuer is asked again after a failure. */
export const RETRY_MS = 5_000;
/** How old its answers get before it is asked again. */
export const REFRESH_MS = 10 * 60_000;
/** How old its answers get when others cannot be had. */
export const MAX_AGE_MS = 24 * 60 * 60_000;

/** What sends requests to issuers. */
interface Sender {
  readonly request: typeof Undici.request;
  readonly dispatcher: Undici.Dispatcher;
}

const opened = new Map<boolean, Sender>();

/**
 * The connections to issuers, through the proxy of `HTTPS_PROXY` and `NO_PROXY` where they name one:
 * Node.js's own `fetch` reads them only if it is told to. What is on this machine stays there, since a proxy
 * could answer in its place. A connection whose request got no answer is not used again.
 *
 * @throws ConfigurationError when the proxy's variable is malformed
 */
function senderFor(url: string): Sender {
  const isDirect = isLoopback(new URL(url).hostname);
  const sender = opened.get(isDirect) ?? open(isDirect);
  opened.set(isDirect, sender);
  return sender;
}

const PROXIES = ['http:', 'https:', 'socks5:', 'socks:'];

function open(isDirect: boolean): Sender {
  // It takes as long to load as a third of the server, and a server without an issuer has no use for it.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { Agent, EnvHttpProxyAgent, Pool, request } = require('undici') as typeof Undici;
  const options = { headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS, connect: { timeout: TIMEOUT_MS } };
  if (isDirect) return { request, dispatcher: new Agent(options) };
  const proxy = proxyFromEnvironment(process.env, ['https_proxy', 'HTTPS_PROXY'], PROXIES)?.url.href ?? '';
  const dispatcher = new EnvHttpProxyAgent({
    ...options,
    // Off this machine only HTTPS is asked, and HTTP_PROXY is not for it.
    httpProxy: '',
    httpsProxy: proxy,
    clientFactory: (origin, own) => new Pool(origin, { ...own, headersTimeout: TIMEOUT_MS }),
  });
  return { request, dispatcher };
}

/** A key set of some hundred keys with certificates. */
const MAX_BYTES = 1024 * 1024;

/**
 * Lets a request out at most once in a while, so that nobody can make this server flood an issuer, whether
 * the requests succeed or fail.
 */
export class FetchGate {
  readonly #intervalMs: number;
  #opensAt = 0;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /**
   * Redirects are not followed.
   *
   * @throws IssuerUnavailableError when the gate is closed, or nothing came back
   */
  async get(url: string, signal: AbortSignal, headers: Record<string, string> = {}): Promise<Response> {
    const now = Date.now();
    if (now < this.#opensAt) throw new IssuerUnavailableError(`${url} was asked a moment ago, in vain.`);
    this.#opensAt = now + this.#intervalMs;
    try {
      const { request, dispatcher } = senderFor(url);
      const { statusCode, body } = await request(url, { signal, headers, dispatcher });
      return new Response(await boundedBody(url, body, MAX_BYTES), { status: statusCode });
    } catch (cause) {
      if (cause instanceof IssuerUnavailableError) throw cause;
      if (cause instanceof ConfigurationError) throw new IssuerUnavailableError(cause.message);
      const said = cause instanceof Error ? ` (${cause.message})` : '';
      throw new IssuerUnavailableError(
        `${url} does not answer${said}. Check that this server reaches it: network, HTTPS_PROXY and NO_PROXY, and NODE_EXTRA_CA_CERTS for a private authority.`,
        { cause },
      );
    }
  }
}

/**
 * A body in whole, so that an issuer, or whoever answers in its place, cannot fill the memory.
 *
 * @throws IssuerUnavailableError when it is larger
 */
async function boundedBody(
  url: string,
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Buffer | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) {
      throw new IssuerUnavailableError(`${url} answered more than ${String(maxBytes)} bytes.`);
    }
    chunks.push(chunk);
  }
  return length === 0 ? null : Buffer.concat(chunks, length);
}

/** The keys of an issuer, or what else it says of itself, cannot be had at present. */
export class IssuerUnavailableError extends Error {
  override readonly name = 'IssuerUnavailableError';
}
