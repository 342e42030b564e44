import { isWaxsealError, type KeyServiceErrorReason } from '@waxseal/core';

/** What may be told of a `KeyServiceError`: its message holds a key ID, the reason and what to do next. */
export interface KeyServiceFailure {
  readonly reason: KeyServiceErrorReason;
  readonly message: string;
}

const IS_REASON: Readonly<Record<KeyServiceErrorReason, true>> = {
  denied: true,
  'not-found': true,
  disabled: true,
  'rejected-ciphertext': true,
  throttled: true,
  unavailable: true,
  timeout: true,
  unknown: true,
};

/**
 * `error`, if it is a `KeyServiceError` with a reason that is known here: by its code, so that one of a second copy of core
 * counts too.
 */
export function keyServiceFailure(error: unknown): KeyServiceFailure | undefined {
  if (!isWaxsealError(error) || error.code !== 'WAXSEAL_KEY_SERVICE') return undefined;
  const { reason, message } = error as unknown as KeyServiceFailure;
  return Object.hasOwn(IS_REASON, reason) ? { reason, message } : undefined;
}
