import {
  NEVER_RETRY,
  RETRY_AFTER_FIX,
  type TemporalTraits,
  WaxsealError,
  type WaxsealErrorOptions,
  quote,
} from './errors';

/**
 * Why a key service did not wrap or unwrap.
 *
 * | reason | meaning | retryable |
 * | --- | --- | --- |
 * | `denied` | the caller lacks the right | no |
 * | `not-found` | the key does not exist | no |
 * | `disabled` | the key exists but is disabled or pending deletion | no |
 * | `rejected-ciphertext` | the service or the key refused the wrapped key | no |
 * | `throttled` | a quota is exhausted | yes |
 * | `unavailable` | the service could not be reached or is not ready | yes |
 * | `timeout` | no answer within the deadline | yes |
 * | `unknown` | none of the above | yes |
 */
export type KeyServiceErrorReason =
  | 'denied'
  | 'not-found'
  | 'disabled'
  | 'rejected-ciphertext'
  | 'throttled'
  | 'unavailable'
  | 'timeout'
  | 'unknown';

const RETRYABLE: ReadonlySet<KeyServiceErrorReason> = new Set([
  'throttled',
  'unavailable',
  'timeout',
  'unknown',
]);

const NEXT_STEP: Readonly<Record<KeyServiceErrorReason, string>> = {
  denied: 'Grant the caller the right to use the key.',
  'not-found': 'Check the key ID and the region or address of the key service.',
  disabled: 'Enable the key, or cancel its deletion.',
  'rejected-ciphertext': 'The wrapped key is damaged or belongs to another key; retrying will not help.',
  throttled: 'Retry later, or raise the quota.',
  unavailable: 'Retry later, and check that the key service can be reached.',
  timeout: 'Retry later, and check the latency of the key service.',
  unknown: 'See the cause.',
};

/** Types by reason, so that a retry policy can name one; delays by how soon it may pass. */
const TRAITS: Readonly<Record<KeyServiceErrorReason, TemporalTraits>> = {
  denied: { type: 'WaxsealKeyServiceDenied', ...RETRY_AFTER_FIX },
  'not-found': { type: 'WaxsealKeyServiceNotFound', ...RETRY_AFTER_FIX },
  disabled: { type: 'WaxsealKeyServiceDisabled', ...RETRY_AFTER_FIX },
  'rejected-ciphertext': { type: 'WaxsealKeyServiceRejectedCiphertext', ...NEVER_RETRY },
  throttled: { type: 'WaxsealKeyServiceThrottled', isFinal: false, nextRetryDelay: '10s' },
  unavailable: { type: 'WaxsealKeyServiceUnavailable', isFinal: false, nextRetryDelay: '10s' },
  timeout: { type: 'WaxsealKeyServiceTimeout', isFinal: false, nextRetryDelay: '10s' },
  unknown: { type: 'WaxsealKeyServiceUnknown', isFinal: false, nextRetryDelay: '10s' },
};

/** Options of a {@link KeyServiceError}. */
interface KeyServiceErrorOptions extends WaxsealErrorOptions {
  /** What each key said, where several were asked. */
  readonly attempts?: readonly KeyServiceError[];
  /** A sentence for the message, where the reason alone does not say it. */
  readonly because?: string | undefined;
  readonly isUnauthenticated?: boolean | undefined;
}

/** A key service (or a local key) could not wrap or unwrap a data key. */
export class KeyServiceError extends WaxsealError {
  override readonly name = 'KeyServiceError';
  readonly code = 'WAXSEAL_KEY_SERVICE';

  /** The configured key that was asked, or the key ID of the wrapped key. */
  readonly keyId: string;
  readonly reason: KeyServiceErrorReason;
  /** Where several keys were asked to unwrap, and none did: what each said. Else empty. */
  readonly attempts: readonly KeyServiceError[];
  /** The sentence of the message that the reason alone does not say, where there is one. */
  readonly because: string | undefined;
  /** Whether the service does not know who asks: a login, token or signature was refused, and not a right. */
  readonly isUnauthenticated: boolean;

  constructor(keyId: string, reason: KeyServiceErrorReason, options: KeyServiceErrorOptions = {}) {
    const { attempts = [], because } = options;
    const detail = because === undefined ? '' : `${because} `;
    const message = `Key ${quote(keyId)}: ${reason}. ${detail}${NEXT_STEP[reason]}`;
    const all = attempts.map((attempt) => `${quote(attempt.keyId)}: ${attempt.reason}`).join(', ');
    super(
      attempts.length === 0 ? message : `${message} All keys that were asked: ${all}.`,
      RETRYABLE.has(reason),
      TRAITS[reason],
      options,
    );
    this.attempts = attempts;
    this.because = because;
    this.isUnauthenticated = options.isUnauthenticated === true;
    this.keyId = keyId;
    this.reason = reason;
  }
}
