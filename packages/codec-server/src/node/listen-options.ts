import type { Duration } from '@temporalio/common';
import { ConfigurationError } from '@waxseal/core';
import { asDurationMs, asObject } from '../fields';
import { type TlsOptions, resolveTlsOptions, type TlsSettings } from './tls-options';

/** What {@link listen} takes. */
export interface ListenOptions {
  /**
   * Address or name to bind. Default: `127.0.0.1`. Others than loopback need `auth`, see also
   * `allowUnauthenticatedNetworkAccess`.
   */
  readonly host?: string;

  /** TCP port, 0 for any free one. Default: 8081. */
  readonly port?: number;

  /**
   * Certificate to serve HTTPS with. Default: none, it serves plain HTTP. Tokens and plaintext pass through,
   * so on a network something in front must end TLS then.
   */
  readonly tls?: TlsOptions;

  /**
   * DANGEROUS. Binds addresses other than loopback although the server has no authentication: everyone who
   * can reach the port can decrypt every payload. Only for a network in which something else authenticates
   * each request, such as a proxy in the same pod. Also switches off the check that requests are addressed to
   * a loopback name. Default: false.
   */
  readonly allowUnauthenticatedNetworkAccess?: boolean;

  /**
   * How long `close()` goes on as before, only not ready and keeping no connection, until it accepts no more:
   * the time that a load balancer needs to notice. At most 1 hour. Default: none.
   */
  readonly drainDelay?: Duration;

  /** How long `close()` then waits for requests that are being answered: at most 1 hour. Default: `'10s'`. */
  readonly drainTimeout?: Duration;
}

const FIELDS: ReadonlySet<string> = new Set<keyof ListenOptions>([
  'host',
  'port',
  'allowUnauthenticatedNetworkAccess',
  'tls',
  'drainDelay',
  'drainTimeout',
]);

const UP_TO_AN_HOUR = { minMs: 0, maxMs: 3_600_000, words: 'of at most 1 hour' };

/**
 * Validates where and how to listen.
 *
 * @throws ConfigurationError that names the field
 */
export function resolveListenOptions(options: ListenOptions): ResolvedListenOptions {
  const given: ListenOptions = asObject(options, 'options of listen', FIELDS);
  const { host = '127.0.0.1', port = 8081, allowUnauthenticatedNetworkAccess = false } = given;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new ConfigurationError('port must be a whole number from 0 to 65535.');
  }
  return {
    host,
    port,
    allowUnauthenticatedNetworkAccess,
    drainDelayMs: asDurationMs(given.drainDelay ?? 0, 'drainDelay', UP_TO_AN_HOUR),
    drainTimeoutMs: asDurationMs(given.drainTimeout ?? '10s', 'drainTimeout', UP_TO_AN_HOUR),
    tls: given.tls === undefined ? undefined : resolveTlsOptions(given.tls),
  };
}

/** The options of {@link listen} after validation, with every default filled in. */
export interface ResolvedListenOptions {
  readonly host: string;
  readonly port: number;
  readonly allowUnauthenticatedNetworkAccess: boolean;
  readonly drainDelayMs: number;
  readonly drainTimeoutMs: number;
  readonly tls: TlsSettings | undefined;
}
