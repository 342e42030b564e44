import type { AgentOptions, ClientRequest } from 'node:http';
import type { AgentConnectOpts } from 'agent-base';
import { HttpsProxyAgent } from 'https-proxy-agent';

/** A proxy that has not answered to CONNECT after that is given up. */
const CONNECT_TIMEOUT_MS = 5_000;

/** A proxy cannot be used, or did not answer as one. Its message shows nothing of the proxy's URL. */
export class TunnelError extends Error {
  override readonly name = 'TunnelError';

  readonly reason: 'unavailable' | 'timeout';

  constructor(reason: 'unavailable' | 'timeout', message: string) {
    super(message);
    this.reason = reason;
  }
}

/**
 * Connections through one proxy, as many as there are requests. The way to a proxy that does not answer ends
 * with the request that waits for it, and in its own time.
 */
export class ProxyTunnels extends HttpsProxyAgent<string> {
  readonly #variable: string;

  /** @param variable of the environment that names the proxy, for errors */
  constructor(proxy: string, variable: string, options: AgentOptions) {
    // With a limit, a tunnel that fails would leave the requests that wait for its place where they are.
    super(proxy, { ...options, maxSockets: Infinity });
    this.#variable = variable;
  }

  /** @throws TunnelError, or an error of the network */
  override async connect(
    request: ClientRequest,
    options: AgentConnectOpts,
  ): ReturnType<HttpsProxyAgent<string>['connect']> {
    const way = new AbortController();
    const end = (): void => {
      way.abort();
    };
    const late = new TunnelError('timeout', this.#complaint('did not answer in time'));
    const timer = setTimeout(() => {
      way.abort(late);
    }, CONNECT_TIMEOUT_MS);
    // A request without a socket tells in no other way that it is given up.
    Object.assign(request, {
      destroy: (error?: Error) => {
        Reflect.deleteProperty(request, 'destroy');
        end();
        return request.destroy(error);
      },
    });
    if (request.destroyed) end();
    // Is read before the first turn, and ends the socket to the proxy.
    Object.assign(this.connectOpts, { signal: way.signal });
    try {
      return await super.connect(request, options);
    } catch (error) {
      end();
      if (way.signal.reason === late) throw late;
      if (typeof (error as { readonly code?: unknown }).code === 'string') throw error;
      throw new TunnelError('unavailable', this.#complaint('does not answer as an HTTP proxy does'));
    } finally {
      clearTimeout(timer);
      Reflect.deleteProperty(request, 'destroy');
    }
  }

  #complaint(what: string): string {
    return `The proxy of ${this.#variable} ${what}. Check its scheme, host and port, and the proxy.`;
  }
}
