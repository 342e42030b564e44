import { VaultAnswerError } from './vault-answer-error';

/**
 * Whether an answer says that the token itself is not valid (expired, revoked, used up), and not that its policies forbid
 * the request. OpenBao answers a bare `permission denied` then; Vault adds `invalid token`.
 */
export function isTokenDead(error: unknown): boolean {
  return (
    error instanceof VaultAnswerError &&
    error.status === 403 &&
    (error.text === 'permission denied' || /invalid token/.test(error.text))
  );
}
