import type { Duration } from '../durations/duration';

/** How long and how often a data key is used, and how long unwrapped ones are kept in memory. */
export interface DataKeyOptions {
  /**
   * Age at which a data key has been replaced. The replacement is wrapped at about 75 % of it, before the old key is
   * given up.
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
   * Bytes of plaintext that one data key encrypts at most. A hard limit; a single larger payload gets a data key of its
   * own.
   *
   * @default 2 ** 36
   */
  readonly maxBytes?: number | undefined;
  /**
   * Age up to which a data key is used on while the key service cannot be asked: for encoding while no replacement can be
   * wrapped, for decoding while it cannot be unwrapped again. A hard limit, and at least `maxAge`.
   *
   * @default '24h'
   */
  readonly maxStaleAge?: Duration | undefined;
  /**
   * Unwrapped data keys that are kept for decoding at most, of all keyrings together. Where there are more, the keyring with the
   * most gives up the one that it did not use for longest.
   *
   * @default 10_000
   */
  readonly cacheCapacity?: number | undefined;
  /**
   * How long an unwrapped data key is used for decoding before the key service is asked again. A refusal stops decoding then;
   * while the service does not answer, the data key is used on, up to `maxStaleAge`.
   *
   * @default '1h'
   */
  readonly cacheTtl?: Duration | undefined;
  /**
   * Keyrings whose data keys are kept at most, where a function chooses the keyring. The one that was not used for longest is
   * given up first; what it needs later is asked for again.
   *
   * @default 1000
   */
  readonly maxKeyrings?: number | undefined;
}
