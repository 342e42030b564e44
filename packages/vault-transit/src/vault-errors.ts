import { ConfigurationError, type KeyServiceErrorReason } from '@waxseal/core';

import { VaultAnswerError } from './vault-answer-error';
import { VaultProtocolError } from './vault-protocol-error';

/** One line of the table: what an answer means. */
export interface VaultErrorRow {
  readonly status: number;
  /** What the text holds; without it, any text. */
  readonly text?: RegExp;
  readonly reason: KeyServiceErrorReason;
}

/**
 * The key type that is named when a data key is wrapped. There is none of that name: the service reads the type only where
 * it would create the key, and then refuses.
 */
export const MUST_EXIST = 'waxseal-never-creates-a-key';

/**
 * What the answers of Transit mean; the first row that fits counts. Nearly every error is HTTP 400 and is told apart by its
 * text (OpenBao 2.7, Vault 1.x: `builtin/logical/transit`, `sdk/helper/keysutil`).
 */
export const VAULT_ERRORS: readonly VaultErrorRow[] = [
  { status: 400, text: new RegExp(`unknown key type ${MUST_EXIST}`), reason: 'not-found' },
  { status: 400, text: /encryption key not found/, reason: 'not-found' },
  { status: 400, text: /soft-deleted key/, reason: 'disabled' },
  { status: 400, text: /version is disallowed by policy \(too old\)/, reason: 'disabled' },
  { status: 400, text: /message authentication failed/, reason: 'rejected-ciphertext' },
  // A replica that has not seen the rotation yet: worth asking again later, and not within this request.
  { status: 400, text: /invalid ciphertext: version is too new/, reason: 'unknown' },
  { status: 400, text: /invalid ciphertext|missing ciphertext/, reason: 'rejected-ciphertext' },
  { status: 400, reason: 'unknown' },
  { status: 401, reason: 'denied' },
  { status: 403, reason: 'denied' },
  { status: 404, reason: 'not-found' },
  // Vault Enterprise: the node has not caught up with the token's state.
  { status: 412, reason: 'unavailable' },
  { status: 429, reason: 'throttled' },
  { status: 500, reason: 'unavailable' },
  { status: 502, reason: 'unavailable' },
  // Sealed, standby, or in maintenance.
  { status: 503, reason: 'unavailable' },
  { status: 504, reason: 'unavailable' },
  // A standby node that sends callers to the active one. The token is not sent on.
  { status: 307, reason: 'unavailable' },
  { status: 308, reason: 'unavailable' },
];

/** What a failed attempt means. */
export function vaultErrorReason(error: unknown): KeyServiceErrorReason {
  if (error instanceof VaultProtocolError) return 'unknown';
  // The credentials to send are missing or malformed.
  if (error instanceof ConfigurationError) return 'denied';
  // No answer: the connection was refused, reset or cut.
  if (!(error instanceof VaultAnswerError)) return 'unavailable';
  // Logins are refused with 400 for wrong credentials and roles.
  if (error.login && error.status === 400) return 'denied';
  const fits = (row: VaultErrorRow): boolean =>
    row.status === error.status && row.text?.test(error.text) !== false;
  return VAULT_ERRORS.find(fits)?.reason ?? 'unknown';
}
