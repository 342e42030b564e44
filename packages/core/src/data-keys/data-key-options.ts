import { ConfigurationError } from '../base/errors';
import { assertKnownOptions, countOf, type Duration, durationMs } from '../base/options';

/** How long and how often a data key is used, and how long unwrapped ones are kept in memory. */
export interface DataKeyOptions {
  /**
   * Age at which a data key has been replaced. The replacement is wrapped at about 75 % of it, before the old
   * key is given up.
   *
   * @default '1h'
   */
  readonly maxAge?: Duration | undefined;
  /**
   * Payloads that one data key encrypts at most. A hard limit. 1 asks the key service for each payload.
   *
   * @default 2 ** 20
   */
  readonly maxMessages?: number | undefined;
  /**
   * Bytes of plaintext that one data key encrypts at most. A hard limit; a single larger payload gets a data
   * key of its own.
   *
   * @default 2 ** 36
   */
  readonly maxBytes?: number | undefined;
  /**
   * Age up to which a data key is used on while the key service cannot be asked: for encoding while no
   * replacement can be wrapped, for decoding while it cannot be unwrapped again. A hard limit, and at least
   * `maxAge`.
   *
   * @default '24h'
   */
  readonly maxStaleAge?: Duration | undefined;
  /**
   * Unwrapped data keys that are kept for decoding at most, of all keyrings together. Where there are more,
   * the keyring with the most gives up the one that it did not use for longest.
   *
   * @default 10_000
   */
  readonly cacheCapacity?: number | undefined;
  /**
   * How long an unwrapped data key is used for decoding before the key service is asked again. A refusal
   * stops decoding then; while the service does not answer, the data key is used on, up to `maxStaleAge`.
   *
   * @default '1h'
   */
  readonly cacheTtl?: Duration | undefined;
  /**
   * Keyrings whose data keys are kept at most, where a function chooses the keyring. The one that was not
   * used for longest is given up first; what it needs later is asked for again.
   *
   * @default 1000
   */
  readonly maxKeyrings?: number | undefined;
}

/** {@link DataKeyOptions}, checked, with durations in milliseconds. */
export interface DataKeyLimits {
  readonly maxAgeMs: number;
  readonly maxMessages: number;
  readonly maxBytes: number;
  readonly maxStaleAgeMs: number;
  readonly cacheCapacity: number;
  readonly cacheTtlMs: number;
  readonly maxKeyrings: number;
}

const OPTIONS: ReadonlySet<string> = new Set([
  'maxAge',
  'maxMessages',
  'maxBytes',
  'maxStaleAge',
  'cacheCapacity',
  'cacheTtl',
  'maxKeyrings',
]);

/** A little below the longest delay of a Node timer: a longer one fires at once. */
const LONGEST = '24 days';

/** @throws ConfigurationError that names the field */
export function dataKeyLimits(options: DataKeyOptions = {}): DataKeyLimits {
  if (typeof (options as unknown) !== 'object' || (options as unknown) === null) {
    throw new ConfigurationError("dataKeys must be an object such as { maxAge: '1h' }.");
  }
  assertKnownOptions(options, OPTIONS, (name) => `dataKeys.${name}`);
  const maxAgeMs = durationMs('dataKeys.maxAge', options.maxAge ?? '1h', LONGEST);
  const staleByDefault = Math.max(maxAgeMs, 24 * 60 * 60 * 1000);
  const maxStaleAgeMs = durationMs('dataKeys.maxStaleAge', options.maxStaleAge ?? staleByDefault, LONGEST);
  if (maxStaleAgeMs < maxAgeMs) {
    throw new ConfigurationError('dataKeys.maxStaleAge must be at least dataKeys.maxAge.');
  }
  return {
    maxAgeMs,
    maxStaleAgeMs,
    maxMessages: countOf('dataKeys.maxMessages', options.maxMessages ?? 2 ** 20, 2 ** 32),
    maxBytes: countOf('dataKeys.maxBytes', options.maxBytes ?? 2 ** 36, Number.MAX_SAFE_INTEGER),
    cacheCapacity: countOf('dataKeys.cacheCapacity', options.cacheCapacity ?? 10_000, 1_000_000),
    cacheTtlMs: durationMs('dataKeys.cacheTtl', options.cacheTtl ?? '1h', LONGEST),
    maxKeyrings: countOf('dataKeys.maxKeyrings', options.maxKeyrings ?? 1000, 100_000),
  };
}
