import type { Duration } from '@temporalio/common';
import type { ClaimConditions } from './claim-conditions';
import type { PermissionPolicies } from '../authorization/permission-policies';
import type { TokenSource } from './token-source';

/** Accepts the JSON Web Tokens of one issuer: any OpenID Connect provider, Temporal Cloud included. */
export interface JwtAuthenticatorOptions {
  readonly type: 'jwt';

  /**
   * The `iss` of its tokens, byte for byte: `https://login.example.com/realms/temporal`. HTTPS, except on loopback. Rules
   * name it as the `issuer` of a principal.
   */
  readonly issuer: string;

  /** What `aud` must hold: one of these. An ID token has the client ID of the Web UI there. */
  readonly audience: string | readonly string[];

  /** Where the token stands. Default: `'authorization'`. A cookie needs `allowCredentials` and `allowedOrigins`. */
  readonly from?: TokenSource;

  /** Where its keys are. HTTPS, except on loopback. Default: what the issuer's `/.well-known/openid-configuration` says. */
  readonly jwksUri?: string;

  /** Signature algorithms that are accepted; asymmetric ones only. Default: `['RS256', 'ES256']`. */
  readonly algorithms?: readonly string[];

  /** How far the clocks may differ, for `exp` and `nbf`: up to 5 minutes. Default: `'60s'`. */
  readonly clockTolerance?: Duration;

  /**
   * What else a token must say to be accepted at all. Needed for an issuer that serves many tenants, such as Temporal Cloud:
   * there a valid signature, issuer and audience prove only that somebody has an account.
   */
  readonly requiredClaims?: ClaimConditions;

  /** Claim that names the principal. Default: `sub`. */
  readonly subjectClaim?: string;

  /**
   * Claim that lists the principal's groups, as an array of strings; the names on the way to one within others, such as
   * `['realm_access', 'roles']`. Default: none is read.
   */
  readonly groupsClaim?: string | readonly string[];

  /**
   * Claim that lists roles as a self-hosted Temporal server reads them, `namespace:role`; usually `permissions`. `read`
   * may decode and download, `write` and `admin` may encode also, `worker` may nothing. Default: none is read.
   */
  readonly permissionsClaim?: string;

  /**
   * How an entry of the `permissionsClaim` is read in place of `namespace:role`: a regular expression with the groups `namespace` and
   * `role`, as a self-hosted server's `permissionsRegex`. It is JavaScript's, and runs on what the issuer signs: avoid nested
   * repetition.
   */
  readonly permissionsRegex?: string;

  /** The decode policy that comes with each role of the `permissionsClaim`. Needed where there are `policies`. */
  readonly permissionPolicies?: PermissionPolicies;
}
