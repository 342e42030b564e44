import type { Duration } from '../durations/duration';

/** How a keyring asks its keys' services. Durations as Temporal takes them. */
export interface KeyGuardOptions {
  /**
   * Longest wait for one attempt. Takes the place of what the keys' own `request` says.
   *
   * @default each key's own, `'2s'` by default
   */
  readonly attemptTimeout?: Duration | undefined;
  /**
   * Longest wait for all attempts of one wrap, and for an unwrap by whichever keys can do it. Keep it below the ten seconds
   * that Temporal gives a workflow task.
   *
   * @default '6s'
   */
  readonly totalTimeout?: Duration | undefined;
  /**
   * Attempts at most. Takes the place of what the keys' own `request` says.
   *
   * @default each key's own, 3 by default
   */
  readonly maxAttempts?: number | undefined;
  /**
   * Where several keys can unwrap: how long one may take before the next is asked too.
   *
   * @default '1500ms'
   */
  readonly askNextAfter?: Duration | undefined;
  /**
   * Requests to one key's service at once; others wait. Wraps come first, then namespaces and callers in turn. An eighth more
   * is kept for wraps, and for namespaces and callers that have none under way.
   *
   * @default 32
   */
  readonly maxConcurrent?: number | undefined;
  /**
   * Requests to one key's service that wait at most. Beyond it, whoever waits with the most gets `throttled` for one of them.
   *
   * @default 10_000
   */
  readonly maxQueued?: number | undefined;
  /**
   * Data keys that are not in memory, of the payloads of one `decode`, at most. More are refused as `throttled` before the key
   * service is asked for any.
   *
   * @default 10_000
   */
  readonly maxUnwrapsPerDecode?: number | undefined;
  /**
   * Requests in a row that fail, each with all its attempts, before requests are refused at once.
   *
   * @default 5
   */
  readonly breakerFailures?: number | undefined;
  /**
   * How long they are refused, half to all of it, before one is let through to see. Doubled with each that fails, up to
   * 15 seconds.
   *
   * @default '5s'
   */
  readonly breakerOpenFor?: Duration | undefined;
  /**
   * How long a refusal that waiting does not change (`denied`, `not-found`, `disabled`, `rejected-ciphertext`) is repeated
   * without asking.
   *
   * @default '5s'
   */
  readonly refusalsFor?: Duration | undefined;
}
