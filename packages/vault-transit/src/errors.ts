import { VaultConnectionError } from './connection-errors';
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
  /** Whether it is for answers to a login. */
  readonly login?: true;
  readonly reason: KeyServiceErrorReason;
  /** The next step, where the text does not tell it; `<path>` and `<capability>` are what was asked. */
  readonly says?: string;
}

/**
 * The key type that is named when a data key is wrapped. There is none of that name: the service reads the
 * type only where it would create the key, and then refuses.
 */
export const MUST_EXIST = 'waxseal-never-creates-a-key';

/** How OpenBao, and Vault, refuse a token for what it is. */
const TOKEN_DEAD = /^permission denied$|invalid token/;

/**
 * What the answers of Transit mean; the first row that fits counts. Nearly every error is HTTP 400 and is
 * told apart by its text (OpenBao 2.7, Vault 1.x: `builtin/logical/transit`, `sdk/helper/keysutil`).
 */
export const VAULT_ERRORS: readonly VaultErrorRow[] = [
  {
    status: 400,
    login: true,
    reason: 'denied',
    says: 'Check role and secret of the login (VAULT_ROLE_ID, VAULT_SECRET_ID, auth), and that its auth method is mounted.',
  },
  {
    status: 403,
    login: true,
    reason: 'denied',
    says: 'Check the role of the login (auth), what it is bound to, and VAULT_NAMESPACE.',
  },
  {
    status: 400,
    text: new RegExp(`unknown key type ${MUST_EXIST}`),
    reason: 'not-found',
    says: 'There is no such key in this mount: make it ("bao write -f <mount>/keys/<key>"), or check mount, key name and VAULT_NAMESPACE.',
  },
  {
    status: 400,
    text: /encryption key not found/,
    reason: 'not-found',
    says: 'Make it ("bao write -f <mount>/keys/<key>"), or check mount, key name and VAULT_NAMESPACE.',
  },
  { status: 400, text: /soft-deleted key/, reason: 'disabled', says: 'Restore it.' },
  {
    status: 400,
    text: /version is disallowed by policy \(too old\)/,
    reason: 'disabled',
    says: 'Lower min_decryption_version of the key.',
  },
  { status: 400, text: /message authentication failed/, reason: 'rejected-ciphertext' },
  // A replica that has not seen the rotation yet: worth asking again later, and not within this request.
  { status: 400, text: /invalid ciphertext: version is too new/, reason: 'unknown' },
  { status: 400, text: /invalid ciphertext|missing ciphertext/, reason: 'rejected-ciphertext' },
  {
    status: 400,
    text: /HTTP request to an HTTPS server/,
    reason: 'unavailable',
    says: 'Write https:// in VAULT_ADDR (address).',
  },
  { status: 400, reason: 'unknown' },
  { status: 401, reason: 'denied' },
  {
    status: 403,
    text: TOKEN_DEAD,
    reason: 'denied',
    says: 'The token has expired or was revoked, or is of another server or namespace. Set VAULT_TOKEN (auth) anew, and check VAULT_ADDR and VAULT_NAMESPACE.',
  },
  {
    status: 403,
    reason: 'denied',
    says: 'The policies of the token must have: path "<path>" { capabilities = ["<capability>"] }',
  },
  {
    status: 404,
    text: /namespace not found|no namespace/i,
    reason: 'not-found',
    says: 'Check VAULT_NAMESPACE (namespace).',
  },
  {
    status: 404,
    text: /no handler for route/,
    reason: 'not-found',
    says: 'Nothing is mounted there: check mount and VAULT_NAMESPACE (namespace), or enable the engine ("bao secrets enable -path=<mount> transit").',
  },
  { status: 404, reason: 'not-found', says: 'Check VAULT_ADDR, mount, key name and VAULT_NAMESPACE.' },
  // Vault Enterprise: the node has not caught up with the token's state.
  { status: 412, reason: 'unavailable' },
  { status: 429, reason: 'throttled' },
  { status: 500, reason: 'unavailable' },
  { status: 502, reason: 'unavailable' },
  {
    status: 503,
    text: /sealed/,
    reason: 'unavailable',
    says: 'Unseal the server ("bao operator unseal"), or write VAULT_ADDR with a node that is unsealed.',
  },
  {
    status: 503,
    text: /standby/,
    reason: 'unavailable',
    says: 'Write VAULT_ADDR with the active node or a load balancer.',
  },
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
  const because =
    error instanceof VaultAnswerError || error instanceof VaultConnectionError ? error.nextStep : undefined;
  const isUnauthenticated = isTokenDead(error) || (error instanceof VaultAnswerError && error.login);
  return { reason: reasonOf(error), cause: error, because, isUnauthenticated };
}

function reasonOf(error: unknown): KeyServiceErrorReason {
  if (error instanceof VaultProtocolError) return 'unknown';
  // The credentials to send are missing or malformed.
  if (error instanceof ConfigurationError) return 'denied';
  // No answer: the connection was refused, reset or cut.
  if (!(error instanceof VaultAnswerError)) return 'unavailable';
  return rowOf(error)?.reason ?? 'unknown';
}

/** The row that an answer fits. */
export function rowOf({
  status,
  text,
  login,
}: Pick<VaultAnswerError, 'status' | 'text' | 'login'>): VaultErrorRow | undefined {
  return VAULT_ERRORS.find(
    (row) => row.status === status && row.text?.test(text) !== false && (row.login ?? login) === login,
  );
}

/** One answer that is no success. */
interface RefusedRequest {
  readonly status: number;
  readonly errors: readonly string[];
  /** What was asked, under `/v1/`, and what a policy must allow for it. */
  readonly path: string;
  readonly capability: 'read' | 'update';
  readonly login: boolean;
  /** Texts that were sent and must not be shown, should the answer repeat them. */
  readonly secrets: readonly string[];
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
  /** The setting to look at, where the answer tells. */
  readonly nextStep: string | undefined;

  constructor({ status, errors, path, capability, login, secrets }: RefusedRequest) {
    const joined = errors.join('; ').replace(/\s+/g, ' ').trim();
    const shown = secrets.reduce((all, secret) => all.replaceAll(secret, '[removed]'), joined);
    const text = shown.length > LONGEST_TEXT ? `${shown.slice(0, LONGEST_TEXT)}…` : shown;
    const step = rowOf({ status, text, login })?.says;
    const next = step?.replace('<path>', path).replace('<capability>', capability);
    super(
      `HTTP ${String(status)}${login ? ' on login' : ''}${text === '' ? '' : `: ${text}`}${next === undefined ? '' : `. ${next}`}`,
    );
    this.status = status;
    this.text = text;
    this.login = login;
    this.nextStep = next;
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
  return error instanceof VaultAnswerError && error.status === 403 && TOKEN_DEAD.test(error.text);
}
