import {
  ConfigurationError,
  type KeyServiceErrorReason,
  type KeyServiceFailure,
} from '@waxseal/core/provider';

/** One line of the table: what an answer means. */
interface VaultErrorRow {
  readonly status: number;
  /** What the text holds; without it, any text. */
  readonly text?: RegExp;
  readonly reason: KeyServiceErrorReason;
}

/**
 * The key type that is named when a data key is wrapped. There is none of that name: the service reads the
 * type only where it would create the key, and then refuses.
 */
export const MUST_EXIST = 'waxseal-never-creates-a-key';

/**
 * What the answers of Transit mean; the first row that fits counts. Nearly every error is HTTP 400 and is
 * told apart by its text (OpenBao 2.7, Vault 1.x: `builtin/logical/transit`, `sdk/helper/keysutil`).
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

/**
 * What a failed attempt means. Its error holds no secret: it was made here, or is of a network without an
 * answer.
 */
export function explainVaultError(error: unknown): KeyServiceFailure {
  return { reason: reasonOf(error), cause: error };
}

function reasonOf(error: unknown): KeyServiceErrorReason {
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

const LONGEST_TEXT = 300;

/** An HTTP answer of Vault or OpenBao that is not a success. It is the `cause` of a `KeyServiceError`. */
export class VaultAnswerError extends Error {
  override readonly name = 'VaultAnswerError';
  /** HTTP status. */
  readonly status: number;
  /** The `errors` of the answer, joined; with everything removed from it that was sent as a secret. */
  readonly text: string;
  /** Whether it answered a login. */
  readonly login: boolean;

  /** @param secrets texts that were sent and must not be shown, should the answer repeat them */
  constructor(status: number, errors: readonly string[], login: boolean, secrets: readonly string[]) {
    const joined = errors.join('; ').replace(/\s+/g, ' ').trim();
    const text = secrets.reduce((shown, secret) => shown.replaceAll(secret, '[removed]'), joined);
    const bounded = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
    super(`HTTP ${String(status)}${login ? ' on login' : ''}${bounded === '' ? '' : `: ${bounded}`}`);
    this.status = status;
    this.text = bounded;
    this.login = login;
  }
}

/**
 * An HTTP success of which the body is not what Vault or OpenBao answers. The message holds nothing of the
 * body.
 */
export class VaultProtocolError extends Error {
  override readonly name = 'VaultProtocolError';
}

/**
 * Whether an answer says that the token itself is not valid (expired, revoked, used up), and not that its
 * policies forbid the request. OpenBao answers a bare `permission denied` then; Vault adds `invalid token`.
 */
export function isTokenDead(error: unknown): boolean {
  return (
    error instanceof VaultAnswerError &&
    error.status === 403 &&
    (error.text === 'permission denied' || /invalid token/.test(error.text))
  );
}
