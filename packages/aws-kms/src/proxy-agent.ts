import { Agent as HttpAgent, type ClientRequest } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import {
  ConfigurationError,
  isLoopback,
  proxyFromEnvironment,
  type EnvironmentProxy,
} from '@waxseal/core/provider';
import { Agent, type AgentConnectOpts } from 'agent-base';
import { getProxyForUrl } from 'proxy-from-env';
import { ProxyTunnels, TunnelError } from './proxy-tunnels';

/** As the AWS SDK's own agents; a connection that was idle for longer may have been dropped on the way. */
const POOL = { keepAlive: true, maxSockets: 50, timeout: 60_000 };
/** Proxies are named by the environment, which seldom changes. */
const MAX_PROXIES = 8;

/**
 * Connections of a client, directly or through the proxy that `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and
 * `NO_PROXY` (or in lower case) name for a request's URL, each time anew. An address on this machine is never
 * reached through one. Connections are kept and used again, with TCP keepalive.
 */
export class EnvironmentProxyAgent extends Agent {
  readonly #http = new HttpAgent(POOL);
  readonly #https = new HttpsAgent(POOL);
  readonly #tunnels = new Map<string, ProxyTunnels>();

  constructor() {
    super({ keepAlive: true });
  }

  /** @throws TunnelError when the variable names no proxy that can be used */
  override connect(_request: ClientRequest, options: AgentConnectOpts): HttpAgent {
    const { secureEndpoint, host = 'localhost', port } = options;
    const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
    const scheme = secureEndpoint ? 'https' : 'http';
    const isDirect = isLoopback(host) || getProxyForUrl(`${scheme}://${name}:${String(port)}`) === '';
    const proxy = isDirect ? undefined : proxyFor(scheme);
    if (proxy === undefined) return secureEndpoint ? this.#https : this.#http;
    return this.#tunnelThrough(proxy);
  }

  /** Ends the connections that serve no request: they may be as dead as the one that did not answer. */
  dropIdle(): void {
    for (const agent of [this.#http, this.#https, ...this.#tunnels.values()]) dropIdleOf(agent);
  }

  override destroy(): void {
    for (const agent of [this.#http, this.#https, ...this.#tunnels.values()]) agent.destroy();
    super.destroy();
  }

  #tunnelThrough({ variable, url }: EnvironmentProxy): HttpAgent {
    const id = `${variable}=${url.href}`;
    const kept = this.#tunnels.get(id) ?? new ProxyTunnels(url.href, variable, POOL);
    this.#tunnels.delete(id);
    this.#tunnels.set(id, kept);
    const [oldest] = this.#tunnels.keys();
    if (this.#tunnels.size > MAX_PROXIES && oldest !== undefined) {
      this.#tunnels.get(oldest)?.destroy();
      this.#tunnels.delete(oldest);
    }
    return kept;
  }
}

/**
 * The proxy that `proxy-from-env` means, looked for in its order.
 *
 * @throws TunnelError when it is none that takes CONNECT
 */
function proxyFor(scheme: 'http' | 'https'): EnvironmentProxy | undefined {
  const names = [`${scheme}_proxy`, 'all_proxy'].flatMap((name) => [name, name.toUpperCase()]);
  const advice = ' A SOCKS proxy cannot be used. Correct it, or name the host in NO_PROXY.';
  try {
    return proxyFromEnvironment(process.env, names, ['http:', 'https:'], advice);
  } catch (error) {
    if (error instanceof ConfigurationError) throw new TunnelError('unavailable', error.message);
    throw error;
  }
}

/** Ends the connections of an agent that serve no request. */
export function dropIdleOf(agent: HttpAgent): void {
  for (const sockets of Object.values(agent.freeSockets)) {
    for (const socket of sockets ?? []) socket.destroy();
  }
}
