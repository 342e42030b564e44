import { Agent as HttpAgent, type ClientRequest } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { Agent, type AgentConnectOpts } from 'agent-base';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { getProxyForUrl } from 'proxy-from-env';

/** As the AWS SDK's own agents; a connection that was idle for longer may have been dropped on the way. */
const POOL = { keepAlive: true, maxSockets: 50, timeout: 60_000 };
/** Proxies are named by the environment, which seldom changes. */
const MAX_PROXIES = 8;

/**
 * Connections of a client, directly or through the proxy that `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and
 * `NO_PROXY` (or in lower case) name for a request's URL, each time anew. Connections are kept and used
 * again, with TCP keepalive.
 */
export class EnvironmentProxyAgent extends Agent {
  readonly #http = new HttpAgent(POOL);
  readonly #https = new HttpsAgent(POOL);
  readonly #tunnels = new Map<string, HttpsProxyAgent<string>>();

  constructor() {
    super({ keepAlive: true });
  }

  override connect(_request: ClientRequest, options: AgentConnectOpts): HttpAgent {
    const { secureEndpoint, host, port } = options;
    const name = host?.includes(':') === true ? `[${host}]` : (host ?? 'localhost');
    const url = `${secureEndpoint ? 'https' : 'http'}://${name}:${String(port)}`;
    const proxy = getProxyForUrl(url);
    if (proxy !== '') return this.#tunnelThrough(proxy);
    return secureEndpoint ? this.#https : this.#http;
  }

  /** Ends the connections that serve no request: they may be as dead as the one that did not answer. */
  dropIdle(): void {
    for (const agent of [this.#http, this.#https, ...this.#tunnels.values()]) dropIdleOf(agent);
  }

  override destroy(): void {
    for (const agent of [this.#http, this.#https, ...this.#tunnels.values()]) agent.destroy();
    super.destroy();
  }

  #tunnelThrough(proxy: string): HttpAgent {
    const kept = this.#tunnels.get(proxy) ?? new HttpsProxyAgent(proxy, POOL);
    this.#tunnels.delete(proxy);
    this.#tunnels.set(proxy, kept);
    const [oldest] = this.#tunnels.keys();
    if (this.#tunnels.size > MAX_PROXIES && oldest !== undefined) {
      this.#tunnels.get(oldest)?.destroy();
      this.#tunnels.delete(oldest);
    }
    return kept;
  }
}

/** Ends the connections of an agent that serve no request. */
export function dropIdleOf(agent: HttpAgent): void {
  for (const sockets of Object.values(agent.freeSockets)) {
    for (const socket of sockets ?? []) socket.destroy();
  }
}
