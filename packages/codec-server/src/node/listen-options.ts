import type { z } from 'zod';
import { both, duration, flag, options, parseOptions, text, wholeNumber } from '../fields';
import { resolveTls, TLS_OPTIONS, type TlsSettings } from './tls-options';

const UP_TO_AN_HOUR = { minMs: 0, maxMs: 3_600_000, words: 'of at most 1 hour' };

/** Options that a configuration file has too, under the same names. */
export class ListenConfigFields {
  /**
   * Address or name to bind. Default: `127.0.0.1`. Others than loopback need `auth`, see also
   * `allowUnauthenticatedNetworkAccess`.
   */
  readonly host = text().default('127.0.0.1');

  /** TCP port, 0 for any free one. Default: 8081. */
  readonly port = wholeNumber(0, 65_535, 'must be a whole number from 0 to 65535.').default(8081);

  /**
   * How long `close()` goes on as before, only not ready and keeping no connection, until it accepts no more:
   * the time that a load balancer needs to notice. At most 1 hour. Default: none.
   */
  readonly drainDelay = duration(UP_TO_AN_HOUR).prefault(0);

  /** How long `close()` then waits for requests that are being answered: at most 1 hour. Default: `'10s'`. */
  readonly drainTimeout = duration(UP_TO_AN_HOUR).prefault('10s');
}

/** Options of {@link listen} that a configuration file has not, or has in part. */
export class ListenFields {
  /**
   * Certificate to serve HTTPS with. Default: none, it serves plain HTTP. Tokens and plaintext pass through,
   * so on a network something in front must end TLS then.
   */
  readonly tls = TLS_OPTIONS.optional();

  /**
   * DANGEROUS. Binds addresses other than loopback although the server has no authentication: everyone who
   * can reach the port can decrypt every payload. Only for a network in which something else authenticates
   * each request, such as a proxy in the same pod. Also switches off the check that requests are addressed to
   * a loopback name. Default: false.
   */
  readonly allowUnauthenticatedNetworkAccess = flag();
}

const LISTEN_OPTIONS = options(both(new ListenConfigFields(), new ListenFields()));

/** What {@link listen} takes. */
export interface ListenOptions extends z.input<typeof LISTEN_OPTIONS> {}

/** {@link ListenOptions} after the check, with every default filled in; durations in milliseconds. */
export interface ListenSettings extends Omit<z.output<typeof LISTEN_OPTIONS>, 'tls'> {
  readonly tls: TlsSettings | undefined;
}

/**
 * Checks where and how to listen.
 *
 * @throws ConfigurationError that names the field
 */
export function resolveListenOptions(given: ListenOptions): ListenSettings {
  const settings = parseOptions(LISTEN_OPTIONS, given);
  return { ...settings, tls: settings.tls && resolveTls(settings.tls) };
}
