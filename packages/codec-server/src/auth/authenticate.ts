import { decodeJwt } from 'jose';
import { unauthorized, type RequestError } from '../request-error';
import type { Principal } from '../authorization/principal';
import type { ServerRequest } from '../server-request';
import { authenticateCertificate, type ClientCertificateSettings } from './client-certificate';
import type { JwtAuthenticator } from './jwt-authenticator';
import type { TokenSource } from './jwt-options';
import { findStaticToken, type HashedToken, isJwtShaped } from './static-tokens';

/**
 * Finds out who makes a request.
 *
 * @throws RequestError 401, or 503 when that cannot be found out at present
 */
export type Authenticate = (request: ServerRequest) => Promise<Principal>;

// Node's own limit on all headers of a request together.
const MAX_TOKEN_CHARACTERS = 16 * 1024;

/**
 * Authenticates by what a request holds: the first of the places that has a token decides, and a token that
 * is refused is not tried as anything else. Only where there is no token, the certificate of the connection
 * does.
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
  return async (request) => {
    const { clientCertificate } = request.connection;
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

// What a page makes of a token that it does not have.
const NOTHING: ReadonlySet<string> = new Set(['', 'undefined', 'null']);

/**
 * The token that a request has at one place.
 *
 * @param allowedOrigins origins whose pages may use cookies
 * @returns undefined when there is none, or only the word `undefined`
 * @throws RequestError 401 when what stands there cannot be a token
 */
function presentedToken(
  request: ServerRequest,
  source: TokenSource,
  allowedOrigins: ReadonlySet<string>,
): string | undefined {
  const token =
    source === 'authorization'
      ? bearerOf(request.header('authorization'))
      : source === 'authorization-extras'
        ? request.header('authorization-extras')?.trim()
        : cookieOf(request, source.cookie, allowedOrigins);
  return token === undefined || NOTHING.has(token) ? undefined : token;
}

function bearerOf(header: string | undefined): string | undefined {
  const text = header?.trim() ?? '';
  if (text === '') return undefined;
  const [, scheme = '', token = ''] = /^(\S+)\s*(.*)$/.exec(text) ?? [];
  if (scheme.toLowerCase() !== 'bearer') {
    throw unauthorized(
      'AUTHORIZATION_SCHEME',
      'Authorization must read "Bearer <token>". With the CLI, give the whole of it: --codec-auth "Bearer <token>".',
    );
  }
  return token;
}

function cookieOf(
  request: ServerRequest,
  name: string,
  allowedOrigins: ReadonlySet<string>,
): string | undefined {
  const [value, second] = cookieValues(request.header('cookie') ?? '', name);
  if (value === undefined) return undefined;
  if (second !== undefined) {
    throw unauthorized(
      'COOKIE_AMBIGUOUS',
      `There are two cookies named ${name}. Delete those of this site and sign in again.`,
    );
  }
  // A browser sends the cookie for pages of every origin; only `Origin` says which one it is (CSRF).
  const origin = request.header('origin');
  if (origin === undefined || !allowedOrigins.has(origin)) {
    throw unauthorized(
      'COOKIE_WITHOUT_ORIGIN',
      'A cookie is accepted from the pages of an allowed origin only. Other programs must send Authorization.',
    );
  }
  return value;
}

/**
 * Every value of a cookie in a `Cookie` header, in order; browsers send one for each path and domain that set
 * it.
 */
function cookieValues(header: string, name: string): readonly string[] {
  return header.split(';').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at !== -1 && pair.slice(0, at).trim() === name ? [pair.slice(at + 1).trim()] : [];
  });
}

const UI_MISTAKE = /^bearer\s+(undefined|null)$/i;

/**
 * The refusal of a request that has no token. It tells users of the Web UI and of the CLI apart where it can.
 */
function missingToken(request: ServerRequest): RequestError {
  if (UI_MISTAKE.test(request.header('authorization')?.trim() ?? '')) {
    return unauthorized(
      'TOKEN_UNDEFINED',
      'The Web UI was told to pass an access token and has none. Sign in to the Web UI; if it has no sign-in, turn off "Pass the user access token" at the glasses.',
    );
  }
  return unauthorized(
    'TOKEN_MISSING',
    'This Codec Server asks who you are. In the Web UI, turn on "Pass the user access token" (the endpoint must be HTTPS) or "Include cross-origin credentials" at the glasses; with the CLI, give --codec-auth "Bearer <token>".',
  );
}

/** A token source as one word, to compare it by. */
export function sourceName(source: TokenSource): string {
  return typeof source === 'string' ? source : `cookie ${source.cookie}`;
}
