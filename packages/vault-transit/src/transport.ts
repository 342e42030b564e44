import { isLoopback, proxyFromEnvironment } from '@waxseal/core/provider';
import { Agent, EnvHttpProxyAgent, Pool, ProxyAgent, request, type Dispatcher } from 'undici';
import { checkTls, TlsFiles, type TlsMaterial } from './tls-files';

/** A TCP connection that is not there after that, or a proxy that has not answered, is given up. */
const CONNECT_TIMEOUT_MS = 5_000;
/** Those of undici. */
const ENVIRONMENT_PROXIES = ['http:', 'https:', 'socks5:', 'socks:'];

/**
 * What sends requests: with the certificates of `tls`, and through `proxy` or, where that is left out, the
 * proxy of `HTTPS_PROXY` (for an `http:` address, of `HTTP_PROXY`) and `NO_PROXY`. An address on this machine
 * is never reached through one, as with the services' own command lines. A connection whose request was given
 * up is not used again.
 *
 * @param address base URL that is asked
 * @throws ConfigurationError when an option is wrong, or a file of it cannot be used
 */
export function vaultFetch(address: string, tls: unknown, proxy: unknown): VaultFetch {
  const files = new TlsFiles(checkTls(tls));
  const proxyUrl = proxy === undefined ? undefined : checkProxy(proxy);
  let used = files.read();
  let dispatcher = dispatcherOf(address, used, proxyUrl);
  const renew = (): void => {
    void dispatcher.close().catch(() => undefined);
    dispatcher = dispatcherOf(address, used, proxyUrl);
  };
  return async (url, { method, headers, body, signal }) => {
    const changed = files.readIfChanged();
    if (changed !== undefined) {
      used = changed;
      renew();
    }
    const by = dispatcher;
    // `fetch` would refuse some ports, and follows redirects unless it is told not to.
    const sent = request(url, { method, headers, body: body ?? null, signal, dispatcher: by });
    const answer = await sent.catch((error: unknown) => {
      if (signal.aborted && by === dispatcher) renew();
      throw error;
    });
    const get = (name: string): string | null => String(answer.headers[name] ?? '') || null;
    return { status: answer.statusCode, headers: { get }, body: answer.body };
  };
}

function dispatcherOf(address: string, tls: TlsMaterial, proxy: string | undefined): Dispatcher {
  const connection = { ...tls, timeout: CONNECT_TIMEOUT_MS };
  const options = {
    connect: connection,
    requestTls: connection,
    headersTimeout: CONNECT_TIMEOUT_MS * 2,
    bodyTimeout: CONNECT_TIMEOUT_MS * 2,
    clientFactory: (origin: URL, own: object) =>
      new Pool(origin, { ...own, headersTimeout: CONNECT_TIMEOUT_MS }),
  };
  if (proxy !== undefined) return new ProxyAgent({ ...options, uri: proxy });
  const { protocol, hostname } = new URL(address);
  if (isLoopback(hostname)) return new Agent(options);
  const variables = protocol === 'https:' ? ['https_proxy', 'HTTPS_PROXY'] : ['http_proxy', 'HTTP_PROXY'];
  const named = proxyFromEnvironment(process.env, variables, ENVIRONMENT_PROXIES)?.url.href ?? '';
  // One of the two is used; what is left out it would take from the environment.
  return new EnvHttpProxyAgent({ ...options, httpProxy: named, httpsProxy: named });
}

const VARIABLE = 'VaultTransitKey: proxy (VAULT_PROXY_ADDR)';

function checkProxy(value: unknown): string {
  // No text is no URL either.
  const given = { [VARIABLE]: typeof value === 'string' && value !== '' ? value : ':' };
  return proxyFromEnvironment(given, [VARIABLE], ['http:', 'https:'])?.url.href ?? '';
}

/** The part of an HTTP answer that is read. */
export interface VaultFetchAnswer {
  readonly status: number;
  readonly headers?: { get(name: string): string | null };
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** The part of `fetch` that is used. It must honour `redirect: 'manual'`: a request carries a token. */
export type VaultFetch = (
  url: string,
  init: {
    readonly method: 'GET' | 'POST';
    readonly headers: Record<string, string>;
    readonly body?: string;
    readonly redirect: 'manual';
    readonly signal: AbortSignal;
  },
) => Promise<VaultFetchAnswer>;
