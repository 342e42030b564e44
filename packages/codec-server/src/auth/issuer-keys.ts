import { ConfigurationError, isLoopback, proxyFromEnvironment, withDeadline } from '@waxseal/core/provider';
import { createRemoteJWKSet, customFetch, jwksCache, type JWTVerifyGetKey, type JWKSCacheInput } from 'jose';
import type * as Undici from 'undici';
import { isSecureUrl } from '../fields';

const TIMEOUT_MS = 3_000;
/** How soon keys are asked for again after a failure. */
const RETRY_MS = 5_000;
/** How soon a key that is not known makes the keys be asked for again. */
const COOLDOWN_MS = 10_000;
/** How old keys get before they are asked for again. */
const REFRESH_MS = 10 * 60_000;
/** How old keys get when they cannot be had. */
const MAX_AGE_MS = 24 * 60 * 60_000;

type RemoteKeys = ReturnType<typeof createRemoteJWKSet>;

/**
 * The public keys of one issuer: fetched when they are first needed, again every ten minutes, and when a
 * token names a key that is not among them, but never more often than every five seconds. While they cannot
 * be fetched, the last ones serve for a day.
 */
export class IssuerKeys {
  readonly #issuer: string;
  readonly #jwksUri: string | undefined;
  readonly #discoveryGate = new FetchGate(RETRY_MS);
  readonly #keysGate = new FetchGate(RETRY_MS);
  readonly #cache: JWKSCacheInput = {};
  #remote: Promise<RemoteKeys> | undefined;

  /** @param jwksUri where the keys are; by default the issuer is asked */
  constructor(issuer: string, jwksUri: string | undefined) {
    this.#issuer = issuer;
    this.#jwksUri = jwksUri;
  }

  /**
   * The key of a token's header.
   *
   * @throws IssuerUnavailableError when there are no keys; an error of jose when none of them fits
   */
  readonly keyFor: JWTVerifyGetKey = async (header, token) => {
    const remote = await this.#loaded();
    try {
      return await remote(header, token);
    } catch (error) {
      throw isAboutToken(error) ? error : unavailable(error);
    }
  };

  async #loaded(): Promise<RemoteKeys> {
    const remote = await (this.#remote ??= this.#connect());
    const age = Date.now() - ((this.#cache.uat as number | undefined) ?? -Infinity);
    if (age < REFRESH_MS) return remote;
    try {
      await remote.reload();
    } catch (error) {
      if (age >= MAX_AGE_MS) throw unavailable(error);
    }
    return remote;
  }

  async #connect(): Promise<RemoteKeys> {
    try {
      const uri = this.#jwksUri ?? (await discoverJwksUri(this.#issuer, this.#discoveryGate));
      return createRemoteJWKSet(new URL(uri), {
        timeoutDuration: TIMEOUT_MS,
        cooldownDuration: COOLDOWN_MS,
        cacheMaxAge: Infinity,
        [jwksCache]: this.#cache,
        [customFetch]: (url, { headers, signal }) =>
          this.#keysGate.get(url, signal, Object.fromEntries(headers)),
      });
    } catch (error) {
      this.#remote = undefined;
      throw unavailable(error);
    }
  }
}

// Decided by code: the error may be of another realm.
function isAboutToken(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return (
    code === 'ERR_JWKS_NO_MATCHING_KEY' ||
    code === 'ERR_JWKS_MULTIPLE_MATCHING_KEYS' ||
    code === 'ERR_JOSE_NOT_SUPPORTED'
  );
}

function unavailable(error: unknown): IssuerUnavailableError {
  return error instanceof IssuerUnavailableError
    ? error
    : new IssuerUnavailableError('The keys of an issuer could not be read.', { cause: error });
}

/**
 * Asks an issuer where its keys are (OpenID Connect Discovery 1.0 §4). Redirects are not followed.
 *
 * @throws IssuerUnavailableError when it does not say, or says it in the name of another issuer (§4.3)
 */
async function discoverJwksUri(issuer: string, gate: FetchGate): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await withDeadline(TIMEOUT_MS, undefined, (signal) => gate.get(url, signal)).catch(
    (cause: unknown) => {
      if (cause instanceof IssuerUnavailableError) throw cause;
      throw new IssuerUnavailableError(`${url} does not answer.`, { cause });
    },
  );
  if (response.status !== 200) {
    throw new IssuerUnavailableError(
      `${url} answered ${String(response.status)}. Check the issuer, or give jwksUri.`,
    );
  }
  let document: unknown;
  try {
    document = await response.json();
  } catch (cause) {
    throw new IssuerUnavailableError(`${url} did not answer JSON. Check the issuer, or give jwksUri.`, {
      cause,
    });
  }
  const { issuer: named, jwks_uri: uri } = (document ?? {}) as Readonly<Record<string, unknown>>;
  if (named !== issuer) {
    throw new IssuerUnavailableError(
      `${url} is of another issuer. Write the issuer exactly as it is named there.`,
    );
  }
  if (typeof uri !== 'string' || !isSecureUrl(uri)) {
    throw new IssuerUnavailableError(`${url} names no jwks_uri with HTTPS.`);
  }
  return uri;
}

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
class FetchGate {
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

/** The keys of an issuer cannot be had at present. */
export class IssuerUnavailableError extends Error {
  override readonly name = 'IssuerUnavailableError';
}
