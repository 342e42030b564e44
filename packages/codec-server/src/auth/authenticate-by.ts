import { decodeJwt } from 'jose';
import type { Authenticate } from './authenticate';
import { authenticateCertificate } from './authenticate-certificate';
import type { ClientCertificateSettings } from './client-certificate-settings';
import { findStaticToken } from './find-static-token';
import type { HashedToken } from './hashed-token';
import { isJwtShaped } from './is-jwt-shaped';
import type { JwtAuthenticator } from './jwt-authenticator';
import { missingToken } from './missing-token';
import { presentedToken } from './presented-token';
import { sourceName } from './source-name';
import type { TokenSource } from './token-source';
import { unauthorized } from './unauthorized';

// Node's own limit on all headers of a request together.
const MAX_TOKEN_CHARACTERS = 16 * 1024;

/**
 * Authenticates by what a request holds: the first of the places that has a token decides, and a token that is refused is
 * not tried as anything else. Only where there is no token, the certificate of the connection does.
 *
 * @param sources where tokens are looked for, in that order
 * @param certificates undefined where certificates do not count
 */
export function authenticateBy(
  sources: readonly TokenSource[],
  jwt: readonly JwtAuthenticator[],
  tokens: readonly HashedToken[],
  allowedOrigins: ReadonlySet<string>,
  certificates: ClientCertificateSettings | undefined,
): Authenticate {
  return async (request, { clientCertificate }) => {
    for (const source of sources) {
      const token = presentedToken(request, source, allowedOrigins);
      if (token === undefined) continue;
      if (token.length > MAX_TOKEN_CHARACTERS) throw notKnown('length');
      const issuers = jwt.filter(({ settings }) => sourceName(settings.from) === sourceName(source));
      if (issuers.length > 0 && isJwtShaped(token)) {
        const issuer = unverifiedIssuer(token);
        const authenticator = issuers.find(({ settings }) => settings.issuer === issuer);
        if (authenticator === undefined) throw notKnown('iss');
        return authenticator.authenticate(token);
      }
      const principal = source === 'authorization' ? findStaticToken(tokens, token) : undefined;
      if (principal === undefined) throw notKnown('unknown token');
      return principal;
    }
    if (certificates !== undefined && (clientCertificate !== undefined || sources.length === 0)) {
      return authenticateCertificate(certificates, clientCertificate);
    }
    throw missingToken(request);
  };
}

/** Only chooses the keys with which the token, `iss` included, is then verified. */
function unverifiedIssuer(token: string): unknown {
  try {
    return decodeJwt(token).iss;
  } catch {
    throw notKnown('malformed');
  }
}

function notKnown(detail: string): Error {
  return unauthorized(
    'TOKEN_NOT_ACCEPTED',
    'The token is not accepted. Check that it is complete, and that the Web UI signs in with the issuer and audience of this Codec Server.',
    { detail },
  );
}
