import { setTimeout as delay } from 'node:timers/promises';
import { Deadline } from '../base/deadline';
import { KeyServiceError, type KeyServiceErrorReason } from '../base/key-service-error';
import {
  DATA_KEY_BYTES,
  type KeyId,
  type KeyRequestLimits,
  type KeyRequestOptions,
} from './key-encryption-key';

/** One wrap or unwrap, as a provider puts it to its service. */
export interface KeyServiceRequest<T> {
  /** The key that is asked, for the error. */
  readonly keyId: KeyId;
  /** What the caller of the provider gave. */
  readonly options: KeyRequestOptions | undefined;
  /**
   * Asks once. It should honour the signal; if it does not, its answer is not waited for.
   *
   * @param limits of the request, for a provider that has a deadline of its own to set
   */
  readonly attempt: (signal: AbortSignal, limits: KeyRequestLimits) => Promise<T>;
  /**
   * The provider's table: what an error of its service means, and what of it is safe to log. Asked once of
   * each attempt that fails; not of a {@link KeyServiceAnswerError}, which says so itself.
   */
  readonly explain: (error: unknown) => KeyServiceFailure;
}

/** Why a service did not do what it was asked. */
export interface KeyServiceFailure {
  readonly reason: KeyServiceErrorReason;
  /** The `cause` of the `KeyServiceError`: printed by runtimes, so it must hold no secret. */
  readonly cause: unknown;
  /** A sentence for the error's own message, where the reason alone does not name what to set or to do. */
  readonly because?: string | undefined;
  /** Whether the service does not know who asks: a login, token or signature was refused, and not a right. */
  readonly isUnauthenticated?: boolean | undefined;
}

/** What may pass by itself within seconds. */
const RETRIED: ReadonlySet<KeyServiceErrorReason> = new Set(['throttled', 'unavailable', 'timeout']);
const FIRST_BACKOFF_MS = 100;

/**
 * Asks a key service, each attempt and all of them within their deadlines, and again with full jitter
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/) after what may pass by itself.
 *
 * @throws KeyServiceError with the reason of the last attempt; `timeout` past a deadline, `unavailable` when
 *   the caller's signal is aborted. The service's own error is its `cause`.
 */
export async function requestKeyService<T>(request: KeyServiceRequest<T>): Promise<T> {
  const limits = keyRequestLimits(request.options);
  const total = new Deadline(limits.totalTimeoutMs, request.options?.signal);
  try {
    return await requestWithRetries(request, limits, total.signal);
  } finally {
    total.end();
  }
}

async function requestWithRetries<T>(
  { keyId, options, ...request }: KeyServiceRequest<T>,
  limits: KeyRequestLimits,
  total: AbortSignal,
): Promise<T> {
  const isCancelled = (): boolean => options?.signal?.aborted === true;
  for (let count = 1; ; count++) {
    const attempt = new Deadline(limits.attemptTimeoutMs, total);
    let failure: KeyServiceError;
    try {
      return await attempt.within(request.attempt(attempt.signal, limits));
    } catch (error) {
      const { reason, ...more } = explain(error, attempt.signal, request.explain);
      if (isCancelled()) throw new KeyServiceError(keyId, 'unavailable', { cause: more.cause });
      failure = new KeyServiceError(keyId, reason, more);
    } finally {
      attempt.end();
    }
    if (total.aborted || count === limits.maxAttempts || !RETRIED.has(failure.reason)) throw failure;
    const backoffMs = Math.random() * FIRST_BACKOFF_MS * 4 ** (count - 1);
    try {
      await delay(backoffMs, undefined, { signal: total });
    } catch {
      throw isCancelled() ? new KeyServiceError(keyId, 'unavailable') : failure;
    }
  }
}

/** What an attempt failed with: the end of its signal, an answer that explains itself, or an error. */
function explain(
  error: unknown,
  signal: AbortSignal,
  ofService: KeyServiceRequest<unknown>['explain'],
): KeyServiceFailure {
  // Past the deadline that is what counts, and an error that came just before it is still the service's.
  if (signal.aborted && error === signal.reason) return { reason: 'timeout', cause: error };
  const failure =
    error instanceof KeyServiceAnswerError ? { reason: error.reason, cause: error } : ofService(error);
  return signal.aborted ? { ...failure, reason: 'timeout' } : failure;
}

/**
 * The limits of a request whose caller says none. The total is below Temporal's ten seconds for a workflow
 * task.
 */
export const DEFAULT_KEY_REQUEST_LIMITS: KeyRequestLimits = {
  attemptTimeoutMs: 2_000,
  totalTimeoutMs: 6_000,
  maxAttempts: 3,
};

/**
 * The limits of one request: those that its caller gives, which is the keyring with its `requests`; else the
 * defaults of 2 and 6 seconds and three attempts.
 */
export function keyRequestLimits(options: KeyRequestOptions | undefined): KeyRequestLimits {
  return { ...DEFAULT_KEY_REQUEST_LIMITS, ...options?.limits };
}

/**
 * Asks a further question about a key, for its `KeyHistory`. What is not answered fails nothing.
 *
 * @param what is asked for, as the subject of a clause: `the last use`
 * @param right that the question needs, as the service calls it
 * @param untold gets the clause that says why there is no answer
 * @returns `undefined` where there is no answer
 */
export async function askFurther<T>(
  what: string,
  right: string,
  untold: string[],
  ask: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof KeyServiceError)) throw error;
    const { reason } = error;
    const why = reason === 'denied' ? `denied, it needs ${right}` : reason;
    untold.push(`${what}: ${reason === 'unknown' ? 'the service did not understand the question' : why}`);
    return undefined;
  }
}

/** What each code of Node's network errors means, for providers whose SDK hands them on. */
export const NETWORK_ERROR_REASONS: ReadonlyMap<string, KeyServiceErrorReason> = new Map([
  ['ECONNREFUSED', 'unavailable'],
  ['ECONNRESET', 'unavailable'],
  ['ECONNABORTED', 'unavailable'],
  ['EPIPE', 'unavailable'],
  ['ENOTFOUND', 'unavailable'],
  ['EAI_AGAIN', 'unavailable'],
  ['EHOSTUNREACH', 'unavailable'],
  ['ENETUNREACH', 'unavailable'],
  ['EPROTO', 'unavailable'],
  ['CERT_HAS_EXPIRED', 'unavailable'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'unavailable'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'unavailable'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unavailable'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'unavailable'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'unavailable'],
  ['ETIMEDOUT', 'timeout'],
]);

/**
 * An answer of a key service that cannot be used, or what stands for an error whose own text or members could
 * hold what must not be logged. It is the `cause` of a `KeyServiceError`.
 */
export class KeyServiceAnswerError extends Error {
  override readonly name = 'KeyServiceAnswerError';
  readonly reason: KeyServiceErrorReason;
  /** Names, codes and numbers of what it stands for, such as `originalName`; nothing of its text. */
  readonly details: Readonly<Record<string, string | number>>;

  /** @param details members that are undefined are left out */
  constructor(
    message: string,
    reason: KeyServiceErrorReason,
    details: Readonly<Record<string, string | number | undefined>> = {},
  ) {
    super(message);
    this.reason = reason;
    const known = Object.entries(details).filter(
      (entry): entry is [string, string | number] => entry[1] !== undefined,
    );
    this.details = Object.fromEntries(known);
  }
}

/**
 * Explains an error whose text or members can hold secrets, by a {@link KeyServiceAnswerError} that stands
 * for it.
 *
 * @param what service, operation and name of the error, for the message
 * @param details as the `KeyServiceAnswerError` takes them
 */
export function explainWithoutText(
  what: string,
  reason: KeyServiceErrorReason,
  details: Readonly<Record<string, string | number | undefined>>,
): KeyServiceFailure {
  const message = `${what}; its text is left out, since it can hold secrets.`;
  return { reason, cause: new KeyServiceAnswerError(message, reason, details) };
}

/** The first of some names and codes that is one word, and so is safe to log. */
export function firstWord(...candidates: readonly unknown[]): string | undefined {
  return candidates.map(String).find((text) => /^(?!undefined$|null$)\w{1,64}$/.test(text));
}

/**
 * The data key of an answer to an unwrap, in a buffer that nobody else holds. The SDK's buffer is zeroed,
 * whether the answer is used or not.
 *
 * @param operation what the service calls it, for messages
 * @param signal of the attempt: past its deadline nobody takes the answer
 * @param assertOwn throws when another key answered, or the answer was damaged on its way
 * @throws KeyServiceAnswerError when the plaintext is no data key
 */
export function takeDataKey(
  plaintext: Uint8Array | undefined,
  operation: string,
  signal: AbortSignal,
  assertOwn: (plaintext: Uint8Array) => void,
): Uint8Array {
  const bytes = plaintext ?? new Uint8Array();
  try {
    assertOwn(bytes);
    if (bytes.length !== DATA_KEY_BYTES) {
      const text = `${operation} answered ${String(bytes.length)} bytes, which is no data key.`;
      throw new KeyServiceAnswerError(text, 'rejected-ciphertext');
    }
    signal.throwIfAborted();
    return new Uint8Array(bytes);
  } finally {
    bytes.fill(0);
  }
}
