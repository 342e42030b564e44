import { jwtVerify, type JWTPayload } from 'jose';
import { matchesClaims } from '../authorization/matches-claims';
import { parsePermissions } from '../authorization/parse-permissions';
import { isNamespace } from '../routing/is-namespace';
import { claimAt } from './claim-at';
import { hasUnverifiedEmail } from './has-unverified-email';
import { IssuerKeys } from './issuer-keys';
import type { JwtSettings } from './jwt-settings';
import type { Principal } from './principal';
import { toAuthenticationError } from './to-authentication-error';
import { unauthorized } from './unauthorized';

/** Verifies the tokens of one issuer. */
export class JwtAuthenticator {
  readonly settings: JwtSettings;
  readonly #keys: IssuerKeys;

  /** @param settings checked */
  constructor(settings: JwtSettings) {
    this.settings = settings;
    this.#keys = new IssuerKeys(settings.issuer, settings.jwksUri);
  }

  /**
   * @param token a signed JSON Web Token
   * @throws RequestError 401, or 503 when the issuer's keys cannot be had
   */
  async authenticate(token: string): Promise<Principal> {
    const { issuer, audience, algorithms, clockToleranceMs, subjectClaim } = this.settings;
    try {
      const { payload } = await jwtVerify(token, this.#keys.keyFor, {
        issuer,
        audience: [...audience],
        algorithms: [...algorithms],
        clockTolerance: clockToleranceMs / 1000,
        requiredClaims: ['exp', subjectClaim],
      });
      return this.#principal(payload);
    } catch (error) {
      throw toAuthenticationError(error);
    }
  }

  #principal(claims: JWTPayload): Principal {
    const { issuer, from, requiredClaims, subjectClaim, groupsClaim = [], permissionsClaim } = this.settings;
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
      groups: Array.isArray(groups) ? groups.filter((group) => typeof group === 'string') : [],
      permissions: parsePermissions(permissions, permissionsRegex, permissionPolicies),
      claims,
      grants: undefined,
    };
  }
}

function refused(detail: string): Error {
  return unauthorized(
    'TOKEN_NOT_ACCEPTED',
    'The token is genuine, but is not one of those whose holders may use this Codec Server.',
    { detail },
  );
}
