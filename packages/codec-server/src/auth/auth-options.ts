import type { Duration } from '@temporalio/common';
import type {
  AccessRule,
  Authorize,
  ClaimConditions,
  PermissionPolicies,
} from '../authorization/access-rules';
import type { Grant } from '../authorization/principal';
import type { DecodePolicy } from '../masking/decode-policy';

/** Options of a Codec Server that say who may do and see what. */
export interface AccessOptions {
  /**
   * How requests prove who makes them; the first place that holds a token decides. Default: not at all, and
   * `listen` then binds loopback only. With it every request needs a namespace, and `authorize` says who may
   * do what there.
   */
  readonly auth?: readonly AuthenticatorOptions[];

  /**
   * Who may do what: a table of rules, or a function that decides alone. What nothing allows is refused.
   * Beside a table, a token's `permissionsClaim` and the `may` of static tokens allow also.
   */
  readonly authorize?: readonly AccessRule[] | Authorize;

  /**
   * With `auth`: decode policies by name, for the `policy` of rules and grants. Without it whoever may decode
   * sees everything. The policies of all rules that allow a request add up. Whoever sees masked values may
   * not encode.
   */
  readonly policies?: Readonly<Record<string, DecodePolicy>>;
}

/** One way in which a request can say who makes it. */
export type AuthenticatorOptions =
  JwtAuthenticatorOptions | BearerAuthenticatorOptions | ClientCertificateAuthenticatorOptions;

/** A fixed token, for the CLI and for scripts. */
export interface StaticToken {
  /** Name of whoever holds it, for rules and the audit log. */
  readonly principal: string;

  /**
   * The token: 32 to 512 characters of `A-Z a-z 0-9 - . _ ~ + /`, from a random source. Only its SHA-256 is
   * kept.
   */
  readonly token?: string;

  /** SHA-256 of the token in hexadecimal, in place of the token itself. */
  readonly tokenSha256?: string;

  /** What its holder may. Without it, `authorize` decides, where the token's `issuer` is `bearer`. */
  readonly may?: readonly Grant[];
}

/** Accepts fixed tokens, as `Authorization: Bearer <token>`. */
export interface BearerAuthenticatorOptions {
  readonly type: 'bearer';
  readonly tokens: readonly StaticToken[];
}

/**
 * Accepts TLS client certificates. {@link listen} asks for them when `tls.clientCaFile` says who issues them.
 * A token that a request holds comes first, where tokens are configured also.
 */
export interface ClientCertificateAuthenticatorOptions {
  readonly type: 'client-certificate';

  /**
   * The name in the certificate that is the principal: the one subject alternative name of that kind (`uri`
   * for a SPIFFE ID), or the common name. A certificate that has none or several of the kind is refused.
   */
  readonly subject: 'uri' | 'dns' | 'email' | 'common-name';

  /**
   * What that name must be for the certificate to be accepted at all: patterns of which one must match; `*`
   * stands for any characters. Needed where the authority also issues certificates to others. Default: any
   * name.
   */
  readonly requiredName?: string | readonly string[];
}

/** Accepts the JSON Web Tokens of one issuer: any OpenID Connect provider, Temporal Cloud included. */
export interface JwtAuthenticatorOptions {
  readonly type: 'jwt';

  /**
   * The `iss` of its tokens, byte for byte: `https://login.example.com/realms/temporal`. HTTPS, except on
   * loopback. Rules name it as the `issuer` of a principal.
   */
  readonly issuer: string;

  /** What `aud` must hold: one of these. An ID token has the client ID of the Web UI there. */
  readonly audience: string | readonly string[];

  /**
   * Where the token stands. Default: `'authorization'`. A cookie needs `allowCredentials` and
   * `allowedOrigins`.
   */
  readonly from?: TokenSource;

  /**
   * Where its keys are. HTTPS, except on loopback. Default: what the issuer's
   * `/.well-known/openid-configuration` says.
   */
  readonly jwksUri?: string;

  /** Signature algorithms that are accepted; asymmetric ones only. Default: `['RS256', 'ES256']`. */
  readonly algorithms?: readonly string[];

  /** How far the clocks may differ, for `exp` and `nbf`: up to 5 minutes. Default: `'60s'`. */
  readonly clockTolerance?: Duration;

  /**
   * What else a token must say to be accepted at all. Needed for an issuer that serves many tenants, such as
   * Temporal Cloud: there a valid signature, issuer and audience prove only that somebody has an account.
   */
  readonly requiredClaims?: ClaimConditions;

  /** Claim that names the principal. Default: `sub`. */
  readonly subjectClaim?: string;

  /**
   * Claim that lists the principal's groups, as an array of strings; the names on the way to one within
   * others, such as `['realm_access', 'roles']`. Default: none is read.
   */
  readonly groupsClaim?: string | readonly string[];

  /**
   * Claim that lists roles as a self-hosted Temporal server reads them, `namespace:role`; usually
   * `permissions`. `read` may decode and download, `write` and `admin` may encode also, `worker` may nothing.
   * Default: none is read.
   */
  readonly permissionsClaim?: string;

  /**
   * How an entry of the `permissionsClaim` is read in place of `namespace:role`: a regular expression with
   * the groups `namespace` and `role`, as a self-hosted server's `permissionsRegex`. It is JavaScript's, and
   * runs on what the issuer signs: avoid nested repetition.
   */
  readonly permissionsRegex?: string;

  /**
   * The decode policy that comes with each role of the `permissionsClaim`. Needed where there are `policies`.
   */
  readonly permissionPolicies?: PermissionPolicies;
}

/**
 * Where a JSON Web Token stands in a request:
 *
 * - `'authorization'`: `Authorization: Bearer <token>`, the access token of the Web UI and what the CLI's
 *   `--codec-auth` says;
 * - `'authorization-extras'`: `Authorization-Extras: <token>`, the ID token that the Web UI sends beside it;
 * - `{ cookie }`: the cookie of that name, set by a proxy in front of the Web UI.
 */
export type TokenSource = 'authorization' | 'authorization-extras' | { readonly cookie: string };
