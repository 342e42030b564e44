import { ConfigurationError } from '@waxseal/core';
import { asDurationMs } from '../options/as-duration-ms';
import { asObject } from '../options/as-object';
import type { ListenOptions } from './listen-options';
import type { ResolvedListenOptions } from './resolved-listen-options';
import { resolveTlsOptions } from './tls/resolve-tls-options';

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
