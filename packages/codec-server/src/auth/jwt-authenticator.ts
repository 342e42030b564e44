import { jwtVerify, type JWTPayload } from 'jose';
import { hasUnverifiedEmail, matchesClaims, parsePermissions } from '../authorization/authorize-by-rules';
import type { Principal } from '../authorization/principal';
import { unauthorized, RequestError } from '../request-error';
import { isNamespace } from '../routing';
import { IssuerDiscovery } from './issuer-discovery';
import { IssuerKeys } from './issuer-keys';
import { IssuerUnavailableError } from './issuer-requests';
import type { JwtSettings } from './jwt-options';

/** Verifies the tokens of one issuer. */
export class JwtAuthenticator {
  readonly settings: JwtSettings;
  readonly discovery: IssuerDiscovery;
  readonly #keys: IssuerKeys;

  /** @param settings checked */
  constructor(settings: JwtSettings) {
    this.settings = settings;
    this.discovery = new IssuerDiscovery(settings.issuer);
    this.#keys = new IssuerKeys(this.discovery, settings.jwksUri);
  }

  /**
   * @param token a signed JSON Web Token
   * @throws RequestError 401, or 503 when the issuer's keys cannot be had
   */
  async authenticate(token: string): Promise<Principal> {
    const { issuer, audience, algorithms, clockTolerance, subjectClaim } = this.settings;
    try {
      const { payload } = await jwtVerify(token, this.#keys.keyFor, {
        issuer,
        audience: [...audience],
        algorithms: [...algorithms],
        clockTolerance: clockTolerance / 1000,
        requiredClaims: ['exp', subjectClaim],
      });
      return this.#principal(payload);
    } catch (error) {
      throw toAuthenticationError(error);
    }
  }

  #principal(claims: JWTPayload): Principal {
    const {
      issuer,
      from,
      requiredClaims = {},
      subjectClaim,
      groupsClaim = [],
      permissionsClaim,
    } = this.settings;
    const { permissionsRegex, permissionPolicies } = this.settings;
    const id = claimAt(claims, [subjectClaim]);
    // The limits of a namespace's name suit a principal's too.
    if (!isNamespace(id) || (subjectClaim === 'email' && hasUnverifiedEmail(claims))) {
      throw refused('subject');
    }
    if (!matchesClaims(requiredClaims, claims)) throw refused('required claims');
    const groups = claimAt(claims, groupsClaim);
    const permissions = claimAt(claims, permissionsClaim === undefined ? [] : [permissionsClaim]);
    return {
      id,
      issuer,
      method:
        from === 'authorization' ? 'jwt' : from === 'authorization-extras' ? 'jwt-extras' : 'jwt-cookie',
      groups: textsOf(groups),
      permissions: parsePermissions(permissions, permissionsRegex, permissionPolicies),
      claims,
      grants: undefined,
    };
  }
}

/** The texts that a claim lists. A text by itself is a list of one: ADFS, among others, writes it so. */
function textsOf(claim: unknown): readonly string[] {
  return [claim].flat().filter((entry) => typeof entry === 'string');
}

function refused(detail: string): Error {
  return unauthorized(
    'TOKEN_NOT_ACCEPTED',
    'The token is genuine, but is not one of those whose holders may use this Codec Server.',
    { detail },
  );
}

/**
 * A claim of a token, by its own names only.
 *
 * @param path names on the way to it
 * @returns undefined when it is not there, and for an empty path
 */
export function claimAt(claims: Readonly<Record<string, unknown>>, path: readonly string[]): unknown {
  if (path.length === 0) return undefined;
  let value: unknown = claims;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}

const RETRY_AFTER_SECONDS = 5;

const DETAILS: ReadonlyMap<unknown, string> = new Map([
  ['ERR_JWS_SIGNATURE_VERIFICATION_FAILED', 'signature'],
  ['ERR_JOSE_ALG_NOT_ALLOWED', 'algorithm'],
  ['ERR_JOSE_NOT_SUPPORTED', 'algorithm'],
  ['ERR_JWKS_NO_MATCHING_KEY', 'unknown key'],
  ['ERR_JWKS_MULTIPLE_MATCHING_KEYS', 'no key ID'],
]);

/**
 * Turns what jose threw about a token into an answer: 503 when there are no keys to check it with, else 401.
 * jose's own errors hold the token's claims, and are not kept.
 */
function toAuthenticationError(error: unknown): RequestError {
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
