import { Agent as HttpAgent, type ClientRequest } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Agent, type AgentConnectOpts } from 'agent-base';
import { getProxyForUrl } from 'proxy-from-env';
import { ProxyTunnels, TunnelError } from './proxy-tunnels';

/** As the AWS SDK's own agents; a connection that was idle for longer may have been dropped on the way. */
const POOL = { keepAlive: true, maxSockets: 50, timeout: 60_000 };
/** Proxies are named by the environment, which seldom changes. */
const MAX_PROXIES = 8;
/** Names of this machine. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

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
    if (LOOPBACK.test(name) || getProxyForUrl(`${scheme}://${name}:${String(port)}`) === '') {
      return secureEndpoint ? this.#https : this.#http;
    }
    return this.#tunnelThrough(variableOf(scheme));
  }

  /** Ends the connections that serve no request: they may be as dead as the one that did not answer. */
  dropIdle(): void {
    for (const agent of [this.#http, this.#https, ...this.#tunnels.values()]) dropIdleOf(agent);
  }

  override destroy(): void {
    for (const agent of [this.#http, this.#https, ...this.#tunnels.values()]) agent.destroy();
    super.destroy();
  }

  #tunnelThrough(variable: string): HttpAgent {
    const proxy = proxyOf(variable);
    const id = `${variable}=${proxy}`;
    const kept = this.#tunnels.get(id) ?? new ProxyTunnels(proxy, variable, POOL);
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

/** The variable whose proxy `proxy-from-env` means, in its order. */
function variableOf(scheme: 'http' | 'https'): string {
  const names = [`${scheme}_proxy`, 'all_proxy'].flatMap((name) => [name, name.toUpperCase()]);
  return names.find((name) => (process.env[name] ?? '') !== '') ?? `${scheme.toUpperCase()}_PROXY`;
}

/**
 * The URL of a proxy, which may be written as `host:port`.
 *
 * @throws TunnelError when it is none of a proxy that takes CONNECT
 */
function proxyOf(variable: string): string {
  const value = process.env[variable] ?? '';
  const text = value.includes('://') ? value : `http://${value}`;
  try {
    const { protocol, username, password } = new URL(text);
    // They are sent decoded.
    decodeURIComponent(username + password);
    if (protocol === 'http:' || protocol === 'https:') return text;
  } catch {
    // Such an error quotes the value.
  }
  throw new TunnelError(
    'unavailable',
    `${variable} must be the http: or https: URL of a proxy, such as "http://proxy.example.com:3128"; a SOCKS proxy cannot be used. Correct it, or name the host in NO_PROXY.`,
  );
}

/** Ends the connections of an agent that serve no request. */
export function dropIdleOf(agent: HttpAgent): void {
  for (const sockets of Object.values(agent.freeSockets)) {
    for (const socket of sockets ?? []) socket.destroy();
  }
}
