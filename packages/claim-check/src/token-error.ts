import { isWaxsealError, KeyServiceError } from '@waxseal/core';
import {
  NEVER_RETRY,
  quote,
  RETRY_AFTER_FIX,
  type TemporalTraits,
  WaxsealError,
} from '@waxseal/core/internal';

/**
 * Why the payload that a token stands for cannot be had.
 *
 * | reason | meaning |
 * | --- | --- |
 * | `malformed` | the payload says that it is a token, and is none |
 * | `not-found` | the store has no such token: it was never kept, was collected, or a restore lost it |
 * | `damaged` | what the store has is not what was kept under the token |
 * | `too-large` | the tokens of one call stand for more than `maxDecodeBytes` |
 */
export type TokenErrorReason = 'malformed' | 'not-found' | 'damaged' | 'too-large';

const NEXT_STEP: Readonly<Record<TokenErrorReason, string>> = {
  malformed: 'Restore the original payload from history; retrying will not help.',
  'not-found': 'Check that this is the store that the payload was kept in; restore the row from a backup.',
  damaged: 'Restore the row from a backup, and find out who changed it.',
  'too-large': 'Pass fewer payloads in one field, or raise maxDecodeBytes.',
};

const TRAITS: Readonly<Record<TokenErrorReason, TemporalTraits>> = {
  malformed: { type: 'WaxsealTokenMalformed', ...NEVER_RETRY },
  'not-found': { type: 'WaxsealTokenNotFound', ...RETRY_AFTER_FIX },
  damaged: { type: 'WaxsealTokenDamaged', ...RETRY_AFTER_FIX },
  'too-large': { type: 'WaxsealTokenTooLarge', ...RETRY_AFTER_FIX },
};

/** A token does not lead to its payload. Never does it lead to another one's. */
export class TokenError extends WaxsealError {
  override readonly name = 'TokenError';
  readonly code = 'WAXSEAL_TOKEN';

  readonly reason: TokenErrorReason;
  /**
   * The token, as a UUID; `undefined` where there is none. It comes from the payload: treat it as untrusted.
   */
  readonly token: string | undefined;

  constructor(reason: TokenErrorReason, token: string | undefined, options?: { readonly cause?: unknown }) {
    const name = token === undefined ? 'A token' : `Token ${quote(token)}`;
    super(`${name}: ${reason}. ${NEXT_STEP[reason]}`, false, TRAITS[reason], options);
    this.reason = reason;
    this.token = token;
  }
}

/** Whether an envelope is not what was sealed. */
export function isDamage(error: unknown): boolean {
  if (!isWaxsealError(error)) return false;
  if (error instanceof KeyServiceError) return error.reason === 'rejected-ciphertext';
  return error.code === 'WAXSEAL_MALFORMED_ENVELOPE' || error.code === 'WAXSEAL_DECRYPTION_FAILED';
}
