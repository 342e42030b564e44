import type { KeyId } from './key-encryption-key';

/**
 * What a codec tells of itself, for metrics and traces. Every method is optional and must be quick; what one
 * throws is ignored. Nothing that is told is secret: key IDs, counts, times and reasons, and never a payload.
 *
 * `@waxseal/opentelemetry` implements it.
 */
export interface Telemetry {
  /**
   * Goes around each wrap and unwrap that a key service is asked for, its retries included.
   *
   * @param request what is asked
   * @param ask asks; must be called exactly once. It resolves when the service has answered, and gives
   *   nothing: the answer to an unwrap is a data key. It rejects as the request does.
   * @returns settles when the observer is done
   */
  keyRequest?(request: KeyRequestInfo, ask: () => Promise<void>): Promise<void>;

  /**
   * A request was refused here, without asking: the breaker is open, or the same refusal was given moments
   * ago.
   */
  keyRequestSkipped?(request: KeyRequestInfo, because: 'breaker' | 'negative-cache'): void;

  /**
   * Goes around each request to a store, its retries included; as {@link keyRequest} does.
   *
   * @param request what is asked
   * @param ask asks; must be called exactly once. It gives nothing: answers are sealed payloads and wrapped
   *   keys
   */
  storeRequest?(request: StoreRequestInfo, ask: () => Promise<void>): Promise<void>;

  /** The circuit breaker of a store changed its state. */
  storeBreakerChanged?(state: BreakerState): void;

  /**
   * Payloads passed through the codec.
   *
   * @param form what they are outside the process: `envelope`, or `plaintext` for all that is none. Not told
   *   of are the constants that stand for redacted parts of failures, and on encode what another codec has
   *   encrypted before under a key that it names.
   * @param count one or more; on decode of those that came, whether or not they could be opened
   */
  payloadsProcessed?(operation: 'encode' | 'decode', form: 'envelope' | 'plaintext', count: number): void;

  /** A payload was decoded whose data key was in memory (`true`) or had to be unwrapped (`false`). */
  dataKeyLookup?(isHit: boolean): void;

  /**
   * A payload was encrypted under a data key that is older than `maxAge`, since no replacement could be
   * wrapped.
   */
  staleDataKeyUsed?(keyId: KeyId, ageMs: number): void;

  /**
   * Where data keys are shared: a part of a shared one was taken, or a data key of this process's own was
   * made in its place.
   */
  dataKeyTaken?(from: 'shared' | 'own'): void;

  /** The circuit breaker of a key changed its state. */
  breakerChanged?(keyId: KeyId, state: BreakerState): void;

  /** A part of a failure could not be encrypted, and was replaced by a constant text. */
  failureRedacted?(part: 'attributes' | 'details'): void;

  /**
   * A codec begins to encrypt. Whoever observes calls `states` when a value is wanted.
   *
   * @param states the data keys that encrypt now, one for each keyring in use
   * @returns called when the codec is closed
   */
  observeDataKeys?(states: () => readonly DataKeyState[]): () => void;

  /**
   * A codec is made. Whoever observes calls `keys` when a value is wanted.
   *
   * @param keys the keys of its keyring; where a function chooses keyrings, those of each that is in use
   * @returns called when the codec is closed
   */
  observeKeys?(keys: () => readonly KeyringKey[]): () => void;
}

/** A key-encryption key of a keyring, for an observer. */
export interface KeyringKey {
  /** ID of the configured key. */
  readonly keyId: KeyId;
  readonly role: 'primary' | 'additional' | 'decryptOnly';
}

/** `closed` lets requests pass, `open` refuses them, `half-open` lets one pass to see. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** A data key that encrypts, for an observer. */
export interface DataKeyState {
  /** The key-encryption key that wrapped it, with its version. */
  readonly keyId: KeyId;
  readonly ageMs: number;
  /** Payloads that were encrypted under it. */
  readonly messages: number;
  /** Bytes of plaintext that were encrypted under it. */
  readonly bytes: number;
  /** Whether other processes encrypt under it too. Counts are this process's all the same. */
  readonly isShared?: boolean | undefined;
}

/** One wrap or unwrap, for an observer. */
export interface KeyRequestInfo {
  readonly operation: 'wrap' | 'unwrap';
  /** ID of the configured key. */
  readonly keyId: KeyId;
  /** Short name of the kind of service, such as `aws-kms`; `unknown` where a provider does not tell. */
  readonly provider: string;
}

/** One request to a store, for an observer. */
export interface StoreRequestInfo {
  /** What is asked, such as `tokens.get`: one of a few names. */
  readonly operation: string;
  /** Kind of store, such as `postgres`. */
  readonly store: string;
}

/** As {@link observeRequest}, for a request to a key service. */
export function observeKeyRequest<T>(
  telemetry: Telemetry | undefined,
  info: KeyRequestInfo,
  ask: () => Promise<T>,
): Promise<T> {
  if (telemetry?.keyRequest === undefined) return ask();
  return observeRequest((observed) => telemetry.keyRequest?.(info, observed), ask);
}

/**
 * Asks within the observer's call, once, whatever the observer does; its result is not looked at.
 *
 * @param observe calls the observer
 */
export function observeRequest<T>(
  observe: (ask: () => Promise<void>) => Promise<void> | undefined,
  ask: () => Promise<T>,
): Promise<T> {
  let asked: Promise<T> | undefined;
  const once = (): Promise<T> => (asked ??= ask());
  const observed = (): Promise<void> => {
    const done = once().then(() => undefined);
    // An observer may leave it alone.
    done.catch(() => undefined);
    return done;
  };
  notify(() => {
    observe(observed)?.catch(() => undefined);
  });
  return once();
}

/**
 * Tells a listener of the program something. What it throws, and what a promise of it rejects with, is
 * ignored: who only listens must neither change what is observed nor end the process.
 */
export function notify(say: () => unknown): void {
  try {
    const said = say();
    if (typeof said === 'object' && said !== null) Promise.resolve(said).catch(() => undefined);
  } catch {
    // Nobody is left to tell.
  }
}
