import type { Duration } from '@temporalio/common';
import type { TlsOptions } from './tls/tls-options';

/** What {@link listen} takes. */
export interface ListenOptions {
  /** Address or name to bind. Default: `127.0.0.1`. Others than loopback need `auth`, see also `allowUnauthenticatedNetworkAccess`. */
  readonly host?: string;

  /** TCP port, 0 for any free one. Default: 8081. */
  readonly port?: number;

  /**
   * Certificate to serve HTTPS with. Default: none, it serves plain HTTP. Tokens and plaintext pass through, so on a network
   * something in front must end TLS then.
   */
  readonly tls?: TlsOptions;

  /**
   * DANGEROUS. Binds addresses other than loopback although the server has no authentication: everyone who can reach the port
   * can decrypt every payload. Only for a network in which something else authenticates each request, such as a proxy in
   * the same pod. Also switches off the check that requests are addressed to a loopback name. Default: false.
   */
  readonly allowUnauthenticatedNetworkAccess?: boolean;

  /**
   * How long `close()` goes on as before, only not ready and keeping no connection, until it accepts no more: the time that a
   * load balancer needs to notice. At most 1 hour. Default: none.
   */
  readonly drainDelay?: Duration;

  /** How long `close()` then waits for requests that are being answered: at most 1 hour. Default: `'10s'`. */
  readonly drainTimeout?: Duration;
}
