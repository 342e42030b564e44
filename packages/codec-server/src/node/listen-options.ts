import type { Duration } from '@temporalio/common';

/** What {@link listen} takes. */
export interface ListenOptions {
  /** Address or name to bind. Default: `127.0.0.1`. Others than loopback need `auth`, see also `allowUnauthenticatedNetworkAccess`. It serves plain HTTP: on a network, put something that ends TLS in front. */
  readonly host?: string;

  /** TCP port, 0 for any free one. Default: 8081. */
  readonly port?: number;

  /**
   * DANGEROUS. Binds addresses other than loopback although the server has no authentication: everyone who can reach the port
   * can decrypt every payload. Only for a network in which something else authenticates each request, such as a proxy in
   * the same pod. Also switches off the check that requests are addressed to a loopback name. Default: false.
   */
  readonly allowUnauthenticatedNetworkAccess?: boolean;

  /** How long `close()` waits for requests that are being answered. Default: `'10s'`. */
  readonly drainTimeout?: Duration;
}
