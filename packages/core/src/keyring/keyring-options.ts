import { ConfigurationError } from '../base/errors';
import { assertKnownOptions, countOf, type Duration, durationMs } from '../base/configuration';
import type { KeyEncryptionKey, KeyRequestLimits } from '../key/key-encryption-key';
import { DEFAULT_KEY_REQUEST_LIMITS } from '../key/key-request';
import type { CircuitBreakerLimits } from './request-guards';
import type { RequestQueueLimits } from './request-queue';

/** The keys that a codec may use, by what it may use them for. */
export interface KeyringOptions {
  /** Wraps new data keys, and unwraps. Without it the keyring can only decode. */
  readonly primary?: KeyEncryptionKey | undefined;
  /**
   * Up to seven further keys that every new data key is wrapped for too; any one of them opens the payloads.
   */
  readonly additional?: readonly KeyEncryptionKey[] | undefined;
  /** Keys that only unwrap: those not yet promoted, and those retired. Never used to wrap. */
  readonly decryptOnly?: readonly KeyEncryptionKey[] | undefined;
  /**
   * Whether a new data key must be wrapped by `primary` and all of `additional`, or is used as soon as one
   * of them has wrapped it. With `'atLeastOne'` a data key that lacks a wrap is replaced as soon as all wrap
   * again; payloads that were encrypted under it open with the keys that did.
   *
   * @default 'all'
   */
  readonly wrapPolicy?: 'all' | 'atLeastOne' | undefined;
  /** Deadlines, circuit breaker and limits of the requests to key services. */
  readonly requests?: KeyringRequestOptions | undefined;
}

const OPTIONS: ReadonlySet<string> = new Set([
  'primary',
  'additional',
  'decryptOnly',
  'wrapPolicy',
  'requests',
]);

/** {@link KeyringOptions} with nothing left out but the primary key. */
interface CheckedKeyringOptions {
  readonly primary: KeyEncryptionKey | undefined;
  readonly additional: readonly KeyEncryptionKey[];
  readonly decryptOnly: readonly KeyEncryptionKey[];
  readonly wrapPolicy: 'all' | 'atLeastOne';
  readonly guard: KeyGuardLimits;
}

/** @throws ConfigurationError that names the option which is misspelt or of the wrong type */
export function checkKeyringOptions(options: KeyringOptions): CheckedKeyringOptions {
  // Callers from JavaScript can hand over anything.
  const given: Readonly<Record<string, unknown>> = { ...(options as KeyringOptions | undefined) };
  assertKnownOptions(given, OPTIONS, (name) => `Keyring: ${JSON.stringify(name)}`);
  for (const name of ['additional', 'decryptOnly']) {
    if (given[name] !== undefined && !Array.isArray(given[name])) {
      throw new ConfigurationError(`Keyring: ${name} must be an array of keys.`);
    }
  }
  const wrapPolicy = given['wrapPolicy'] ?? 'all';
  if (wrapPolicy !== 'all' && wrapPolicy !== 'atLeastOne') {
    throw new ConfigurationError("Keyring: wrapPolicy must be 'all' or 'atLeastOne'.");
  }
  return {
    primary: (given['primary'] ?? undefined) as KeyEncryptionKey | undefined,
    additional: (given['additional'] ?? []) as readonly KeyEncryptionKey[],
    decryptOnly: (given['decryptOnly'] ?? []) as readonly KeyEncryptionKey[],
    wrapPolicy,
    guard: keyGuardLimits(given['requests'] as KeyringRequestOptions | undefined),
  };
}

/** How a keyring asks its keys' services. Durations as Temporal takes them. */
export interface KeyringRequestOptions {
  /**
   * Longest wait for one attempt.
   *
   * @default '2s'
   */
  readonly attemptTimeout?: Duration | undefined;
  /**
   * Longest wait for all attempts of one wrap, and for an unwrap by whichever keys can do it. Keep it below
   * the ten seconds that Temporal gives a workflow task.
   *
   * @default '6s'
   */
  readonly totalTimeout?: Duration | undefined;
  /**
   * Attempts at most.
   *
   * @default 3
   */
  readonly maxAttempts?: number | undefined;
  /**
   * Where several keys can unwrap: how long one may take before the next is asked too.
   *
   * @default '1500ms'
   */
  readonly hedgeAfter?: Duration | undefined;
  /**
   * Requests to one key's service at once; others wait. Wraps come first, then namespaces and callers in
   * turn. An eighth more is kept for wraps, and for namespaces and callers that have none under way.
   *
   * @default 32
   */
  readonly maxConcurrent?: number | undefined;
  /**
   * Requests to one key's service that wait at most. Beyond it, the caller with the most gets `throttled`
   * for one of them.
   *
   * @default 10_000
   */
  readonly maxQueued?: number | undefined;
  /**
   * Data keys that are not in memory, of the payloads of one `decode`, at most. More are refused as
   * `throttled` before the key service is asked for any.
   *
   * @default 10_000
   */
  readonly maxUnwrapsPerDecode?: number | undefined;
  /** When requests are refused at once, since the key service does not answer. */
  readonly breaker?: BreakerOptions | undefined;
  /**
   * How long a refusal that waiting does not change (`denied`, `not-found`, `disabled`,
   * `rejected-ciphertext`) is repeated without asking.
   *
   * @default '5s'
   */
  readonly negativeCacheTtl?: Duration | undefined;
}

/** When a circuit breaker opens, and for how long. */
export interface BreakerOptions {
  /**
   * Requests in a row that fail, each with all its attempts, before requests are refused at once.
   *
   * @default 5
   */
  readonly threshold?: number | undefined;
  /**
   * How long they are refused, half to all of it, before one is let through to see. Doubled with each that
   * fails, up to 15 seconds.
   *
   * @default '5s'
   */
  readonly resetAfter?: Duration | undefined;
}

/** {@link KeyringRequestOptions}, checked, in milliseconds. */
export interface KeyGuardLimits {
  /** What is handed to providers. */
  readonly request: KeyRequestLimits;
  readonly hedgeAfterMs: number;
  readonly queue: RequestQueueLimits;
  /** Data keys that one `decode` asks for at most. */
  readonly maxUnwrapsPerDecode: number;
  readonly breaker: CircuitBreakerLimits;
  readonly negativeCacheTtlMs: number;
}

const REQUEST_OPTIONS: ReadonlySet<string> = new Set([
  'attemptTimeout',
  'totalTimeout',
  'maxAttempts',
  'hedgeAfter',
  'maxConcurrent',
  'maxQueued',
  'maxUnwrapsPerDecode',
  'breaker',
  'negativeCacheTtl',
]);
const BREAKER_OPTIONS: ReadonlySet<string> = new Set(['threshold', 'resetAfter']);
const LONGEST = '60s';

/** Of wrapped keys that wait to be unwrapped: 16 MiB for each key of a keyring. */
const MAX_QUEUED_BYTES = 2 ** 24;

/** @throws ConfigurationError that names the field */
function keyGuardLimits(options: KeyringRequestOptions = {}): KeyGuardLimits {
  checkObject(options, 'requests', REQUEST_OPTIONS, "{ totalTimeout: '6s' }");
  const { breaker = {} } = options;
  checkObject(breaker, 'requests.breaker', BREAKER_OPTIONS, '{ threshold: 5 }');
  const { attemptTimeoutMs, totalTimeoutMs, maxAttempts } = DEFAULT_KEY_REQUEST_LIMITS;
  const count = (field: string, given: number | undefined, byDefault: number, most: number): number =>
    countOf(`Keyring: requests.${field}`, given ?? byDefault, most);
  const duration = (field: string, given: Duration | undefined, byDefault: Duration): number =>
    durationMs(`Keyring: requests.${field}`, given ?? byDefault, LONGEST);
  return {
    request: {
      attemptTimeoutMs: duration('attemptTimeout', options.attemptTimeout, attemptTimeoutMs),
      totalTimeoutMs: duration('totalTimeout', options.totalTimeout, totalTimeoutMs),
      maxAttempts: count('maxAttempts', options.maxAttempts, maxAttempts, 10),
    },
    hedgeAfterMs: duration('hedgeAfter', options.hedgeAfter, '1500ms'),
    queue: {
      atOnce: count('maxConcurrent', options.maxConcurrent, 32, 10_000),
      maxQueued: count('maxQueued', options.maxQueued, 10_000, 1_000_000),
      maxQueuedBytes: MAX_QUEUED_BYTES,
    },
    maxUnwrapsPerDecode: count('maxUnwrapsPerDecode', options.maxUnwrapsPerDecode, 10_000, 1_000_000),
    breaker: {
      threshold: count('breaker.threshold', breaker.threshold, 5, 1_000),
      resetAfterMs: duration('breaker.resetAfter', breaker.resetAfter, '5s'),
    },
    negativeCacheTtlMs: duration('negativeCacheTtl', options.negativeCacheTtl, '5s'),
  };
}

function checkObject(value: unknown, field: string, known: ReadonlySet<string>, example: string): void {
  if (typeof value !== 'object' || value === null) {
    throw new ConfigurationError(`Keyring: ${field} must be an object such as ${example}.`);
  }
  assertKnownOptions(value, known, (name) => `Keyring: ${field}.${name}`);
}
