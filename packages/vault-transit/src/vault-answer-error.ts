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
