import { ConfigurationError, type Duration, type Telemetry } from '@waxseal/core';
import { assertKnownOptions, type CircuitBreakerLimits, countOf, durationMs } from '@waxseal/core/internal';
import { checkSqlName, DEFAULT_SCHEMA } from './schema';

/** What all stores in SQL take. */
export interface SqlStoreOptions {
  /**
   * Schema of the tables.
   *
   * @default 'waxseal'
   */
  readonly schema?: string | undefined;
  /** Deadlines, circuit breaker and limits of requests. */
  readonly requests?: StoreRequestSettings | undefined;
  /** Is told of requests. `@waxseal/opentelemetry` makes metrics and spans of it. */
  readonly telemetry?: Telemetry | undefined;
}

/** How a store is asked. Durations as Temporal takes them. */
export interface StoreRequestSettings {
  /**
   * Longest wait for one attempt, a connection included.
   *
   * @default '2s'
   */
  readonly attemptTimeout?: Duration | undefined;
  /**
   * Longest wait for a request with all its attempts and its turn. What is repeated can be repeated: to put
   * what is there already does nothing. Keep it, with the keyring's own, below the ten seconds that Temporal
   * gives a workflow task.
   *
   * @default '4s'
   */
  readonly totalTimeout?: Duration | undefined;
  /**
   * Requests at once, and so connections. Namespaces and callers take turns; an eighth more is kept for those
   * that have none under way.
   *
   * @default 8
   */
  readonly maxConcurrent?: number | undefined;
  /**
   * Requests that wait at most. Beyond it, the caller with the most gets `throttled` for one of them.
   *
   * @default 10_000
   */
  readonly maxQueued?: number | undefined;
  /**
   * Requests in a row that fail, each with all its attempts, before requests are refused at once.
   *
   * @default 5
   */
  readonly breakerThreshold?: number | undefined;
  /**
   * How long they are refused, half to all of it, before one is let through to see. Doubled with each that
   * fails, up to 15 seconds.
   *
   * @default '1s'
   */
  readonly breakerResetAfter?: Duration | undefined;
}

/** {@link SqlStoreOptions}, checked, in milliseconds. */
export interface SqlStoreSettings {
  readonly schema: string;
  readonly attemptTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly maxConcurrent: number;
  readonly maxQueued: number;
  readonly breaker: CircuitBreakerLimits;
  readonly telemetry: Telemetry | undefined;
}

const REQUEST_OPTIONS: ReadonlySet<string> = new Set([
  'attemptTimeout',
  'totalTimeout',
  'maxConcurrent',
  'maxQueued',
  'breakerThreshold',
  'breakerResetAfter',
]);
const LONGEST = '60s';

/**
 * @param owner class that is given the options, for messages
 * @throws ConfigurationError that names the option
 */
export function sqlStoreSettings(owner: string, options: SqlStoreOptions): SqlStoreSettings {
  const requests = (options.requests ?? {}) as unknown;
  if (typeof requests !== 'object' || requests === null) {
    throw new ConfigurationError(`${owner}: requests must be an object such as { totalTimeout: '4s' }.`);
  }
  const given = requests as StoreRequestSettings;
  const field = (name: string): string => `${owner}: requests.${name}`;
  assertKnownOptions(given, REQUEST_OPTIONS, field);
  const attemptTimeoutMs = durationMs(field('attemptTimeout'), given.attemptTimeout ?? '2s', LONGEST);
  const totalTimeoutMs = durationMs(field('totalTimeout'), given.totalTimeout ?? '4s', LONGEST);
  if (totalTimeoutMs < attemptTimeoutMs) {
    throw new ConfigurationError(`${field('totalTimeout')} must be at least requests.attemptTimeout.`);
  }
  const { telemetry } = options;
  if (telemetry !== undefined && typeof (telemetry as unknown) !== 'object') {
    throw new ConfigurationError(`${owner}: telemetry must be a Telemetry, such as openTelemetry().`);
  }
  return {
    schema: checkSqlName(`${owner}: schema`, options.schema ?? DEFAULT_SCHEMA),
    attemptTimeoutMs,
    totalTimeoutMs,
    maxConcurrent: countOf(field('maxConcurrent'), given.maxConcurrent ?? 8, 1_000),
    maxQueued: countOf(field('maxQueued'), given.maxQueued ?? 10_000, 1_000_000),
    breaker: {
      threshold: countOf(field('breakerThreshold'), given.breakerThreshold ?? 5, 1_000),
      resetAfterMs: durationMs(field('breakerResetAfter'), given.breakerResetAfter ?? '1s', LONGEST),
    },
    telemetry,
  };
}
