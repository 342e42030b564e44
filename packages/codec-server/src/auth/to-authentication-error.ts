import { RequestError } from '../http/request-error';
import { IssuerUnavailableError } from './issuer-unavailable-error';
import { unauthorized } from './unauthorized';

const RETRY_AFTER_SECONDS = 5;

const DETAILS: ReadonlyMap<unknown, string> = new Map([
  ['ERR_JWS_SIGNATURE_VERIFICATION_FAILED', 'signature'],
  ['ERR_JOSE_ALG_NOT_ALLOWED', 'algorithm'],
  ['ERR_JOSE_NOT_SUPPORTED', 'algorithm'],
  ['ERR_JWKS_NO_MATCHING_KEY', 'unknown key'],
  ['ERR_JWKS_MULTIPLE_MATCHING_KEYS', 'no key ID'],
]);

/**
 * Turns what jose threw about a token into an answer: 503 when there are no keys to check it with, else 401. jose's own errors
 * hold the token's claims, and are not kept.
 */
export function toAuthenticationError(error: unknown): RequestError {
  if (error instanceof RequestError) return error;
  if (error instanceof IssuerUnavailableError) {
    return new RequestError(
      503,
      'ISSUER_UNAVAILABLE',
      'The issuer of the token cannot be reached at present. Try again.',
      {
        cause: error,
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      },
    );
  }
  const { code, claim } = (typeof error === 'object' && error !== null ? error : {}) as {
    readonly code?: unknown;
    readonly claim?: unknown;
  };
  if (code === 'ERR_JWT_EXPIRED') {
    return unauthorized('TOKEN_EXPIRED', 'The token has expired. Reload the Web UI or sign in again.', {
      detail: 'exp',
    });
  }
  // A claim's name comes from this server's configuration or from the standard, not from the token.
  const detail =
    typeof claim === 'string' && claim !== 'unspecified' ? claim : (DETAILS.get(code) ?? 'malformed');
  return unauthorized(
    'TOKEN_NOT_ACCEPTED',
    'The token is not accepted. Check that the Web UI signs in with the issuer and audience of this Codec Server.',
    { detail },
  );
}
