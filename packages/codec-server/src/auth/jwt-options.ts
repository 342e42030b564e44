import { ConfigurationError } from '@waxseal/core';
import { z } from 'zod';
import { type ClaimConditions, claimConditions, PERMISSION_POLICIES } from '../authorization/access-rules';
import { duration, nonEmptyList, options, record, secureUrl, text, textOrTexts } from '../fields';

const ASYMMETRIC = /^((RS|PS|ES)(256|384|512)|EdDSA|Ed25519)$/;
const TOLERANCE = { minMs: 0, maxMs: 5 * 60_000, words: 'of at most 5 minutes' };
const COOKIE_NAME = /^[\w!#$%&'*+.^`|~-]{1,128}$/;

const SOURCE = 'must be "authorization", "authorization-extras" or { "cookie": "<name of the cookie>" }.';

const TOKEN_SOURCE = z.union(
  [
    z.enum(['authorization', 'authorization-extras'], SOURCE),
    options({ cookie: z.string(SOURCE).regex(COOKIE_NAME, SOURCE) }, SOURCE),
  ],
  SOURCE,
);

/**
 * Where a JSON Web Token stands in a request:
 *
 * - `'authorization'`: `Authorization: Bearer <token>`, the access token of the Web UI and what the CLI's
 *   `--codec-auth` says;
 * - `'authorization-extras'`: `Authorization-Extras: <token>`, the ID token that the Web UI sends beside it;
 * - `{ cookie }`: the cookie of that name, set by a proxy in front of the Web UI.
 */
export type TokenSource = z.input<typeof TOKEN_SOURCE>;

/** What the page itself puts into its requests (RFC 6749 §4.1, RFC 7636 §4, OpenID Connect Core §3.1.2.1). */
const OWN_PARAMETER =
  /^(client_id|code(_challenge|_challenge_method|_verifier)?|grant_type|nonce|redirect_uri|request(_uri)?|response_(mode|type)|scope|state)$/;

/** Fields of {@link SignInOptions}. */
export class SignInFields {
  /**
   * Client ID of the page at the issuer: a public client, without a secret, whose redirect URI is the address
   * of the page.
   */
  readonly clientId = text(
    'is missing: register the page at the issuer as a public client, and give its client ID.',
  );

  /** What is asked for, separated by spaces. Default: `'openid'`, which must be among it. */
  readonly scope = text()
    .refine((scope) => scope.split(' ').includes('openid'), 'must have "openid" among its words.')
    .default('openid');

  /**
   * Further parameters of the request for authorization, such as `audience` (Auth0) or `resource` (RFC 8707),
   * without which some issuers give access tokens that only they can read.
   */
  readonly parameters = record(text(), 'must be an object of texts by the name of a parameter.')
    .refine(
      (given) => !Object.keys(given).some((name) => OWN_PARAMETER.test(name)),
      'must not have what the page sets itself, such as scope, state or redirect_uri.',
    )
    .default({});
}

const SIGN_IN = options(new SignInFields());

/** How people sign in on the server's own page: by the authorization code flow with PKCE. */
export interface SignInOptions extends z.input<typeof SIGN_IN> {}

/** {@link SignInOptions} after the check. */
export type SignInSettings = z.output<typeof SIGN_IN>;

/** Fields of {@link JwtAuthenticatorOptions}. */
export class JwtAuthenticatorFields {
  readonly type = z.literal('jwt');

  /**
   * The `iss` of its tokens, byte for byte: `https://login.example.com/realms/temporal`. HTTPS, except on
   * loopback. Rules name it as the `issuer` of a principal.
   */
  readonly issuer = secureUrl();

  /** What `aud` must hold: one of these. An ID token has the client ID of the Web UI there. */
  readonly audience = textOrTexts(
    'is missing: without it a token that was made for any other program of this issuer is accepted. Give the audience of the tokens that the Web UI passes.',
  );

  /**
   * Where the token stands. Default: `'authorization'`. A cookie needs `allowCredentials` and
   * `allowedOrigins`.
   */
  readonly from = TOKEN_SOURCE.default('authorization');

  /**
   * Where its keys are. HTTPS, except on loopback. Default: what the issuer's
   * `/.well-known/openid-configuration` says.
   */
  readonly jwksUri = secureUrl().optional();

  /** Signature algorithms that are accepted; asymmetric ones only. Default: `['RS256', 'ES256']`. */
  readonly algorithms = nonEmptyList(
    z.string('must be the name of a signature algorithm.').check(({ value, issues }) => {
      if (ASYMMETRIC.test(value)) return;
      issues.push({
        code: 'custom',
        input: value,
        message: `is ${JSON.stringify(value)}. Only signatures with a key pair are accepted: RS256, PS256, ES256, EdDSA and their like; never HS256 or none.`,
      });
    }),
  ).default(['RS256', 'ES256']);

  /** How far the clocks may differ, for `exp` and `nbf`: up to 5 minutes. Default: `'60s'`. */
  readonly clockTolerance = duration(TOLERANCE).prefault('60s');

  /**
   * What else a token must say to be accepted at all. Needed for an issuer that serves many tenants, such as
   * Temporal Cloud: there a valid signature, issuer and audience prove only that the holder has an account.
   */
  readonly requiredClaims = claimConditions().optional();

  /** Claim that names the principal. Default: `sub`. */
  readonly subjectClaim = text().default('sub');

  /**
   * Claim that lists the principal's groups, as an array of strings; the names on the way to one within
   * others, such as `['realm_access', 'roles']`. Default: none is read.
   */
  readonly groupsClaim = textOrTexts().optional();

  /**
   * Claim that lists roles as a self-hosted Temporal server reads them, `namespace:role`; usually
   * `permissions`. `read` may decode and download, `write` and `admin` may encode also, `worker` may nothing.
   * Default: none is read.
   */
  readonly permissionsClaim = text().optional();

  /**
   * How an entry of the `permissionsClaim` is read in place of `namespace:role`: a regular expression with
   * the groups `namespace` and `role`, as a self-hosted server's `permissionsRegex`. It is JavaScript's, and
   * runs on what the issuer signs: avoid nested repetition.
   */
  readonly permissionsRegex = text()
    .refine(
      (source) => permissionsRegex(source) !== undefined,
      'must be a regular expression with the groups "namespace" and "role", such as "^(?<role>[a-z]+)@(?<namespace>[^@]+)$".',
    )
    .transform(permissionsRegex)
    .optional();

  /**
   * Lets people sign in on the server's own page, by OpenID Connect. Their access token is then sent, or with
   * `from: 'authorization-extras'` their ID token. Default: the page takes a token that is typed in.
   */
  readonly signIn = SIGN_IN.optional();

  /**
   * The decode policy that comes with each role of the `permissionsClaim`. Needed where there are `policies`.
   */
  readonly permissionPolicies = PERMISSION_POLICIES.optional();
}

/** What {@link JwtAuthenticatorOptions} are checked by. */
export const JWT_AUTHENTICATOR = options(new JwtAuthenticatorFields());

/** Accepts the JSON Web Tokens of one issuer: any OpenID Connect provider, Temporal Cloud included. */
export interface JwtAuthenticatorOptions extends z.input<typeof JWT_AUTHENTICATOR> {}

/** {@link JwtAuthenticatorOptions} after the check: durations in milliseconds, and lists where one may do. */
export type JwtSettings = z.output<typeof JWT_AUTHENTICATOR>;

/** Claims that say which program the token was made for or when, and nothing about whose it is. */
const IMPERSONAL: ReadonlySet<string> = new Set(
  'iss aud azp client_id exp nbf iat jti scope scp typ token_use gty email_verified nonce at_hash auth_time'.split(
    ' ',
  ),
);

/**
 * Checks that the options of one issuer fit together.
 *
 * @param field where they stand, for messages
 * @throws ConfigurationError that names the field
 */
export function checkJwtSettings(settings: JwtSettings, field: string): void {
  const { issuer, requiredClaims = {}, permissionsClaim } = settings;
  if (isSharedIssuer(issuer) && !Object.entries(requiredClaims).some(isPersonal)) {
    throw new ConfigurationError(
      `${field}.requiredClaims is missing: ${issuer} signs tokens for every tenant, so that anybody with an account there could decrypt. Require what only your people have, such as { "https://saas-api.tmprl.cloud/user/email": "*@example.com" } for Temporal Cloud.`,
    );
  }
  assertCanSignIn(settings, field);
  if (permissionsClaim !== undefined) return;
  const given = (['permissionPolicies', 'permissionsRegex'] as const).find(
    (name) => settings[name] !== undefined,
  );
  if (given !== undefined) throw new ConfigurationError(`${field}.${given} needs a permissionsClaim.`);
}

function assertCanSignIn({ signIn, from, audience }: JwtSettings, field: string): void {
  if (signIn === undefined) return;
  if (typeof from === 'object') {
    throw new ConfigurationError(
      `${field}.signIn is for a token that the page sends itself, and ${field}.from is a cookie. Write a second entry, with from "authorization" or "authorization-extras".`,
    );
  }
  if (from === 'authorization-extras' && !audience.includes(signIn.clientId)) {
    throw new ConfigurationError(
      `${field}.signIn.clientId is not in ${field}.audience: with from "authorization-extras" the page sends ID tokens, whose audience is the client ID.`,
    );
  }
}

function isPersonal([name, patterns]: [string, ClaimConditions[string]]): boolean {
  return !IMPERSONAL.has(name) && [patterns].flat().every((pattern) => /[\p{L}\p{N}]/u.test(pattern));
}

/** @returns undefined unless it is a regular expression with the groups `namespace` and `role` */
function permissionsRegex(given: string): RegExp | undefined {
  // Go, in which a Temporal server's configuration is written, names groups with a P.
  const source = given.replaceAll('(?P<', '(?<');
  try {
    const pattern = new RegExp(source, 'u');
    // One more alternative, so that the groups can be asked for without a text that matches.
    const groups = new RegExp(`${source}|`, 'u').exec('')?.groups ?? {};
    return 'namespace' in groups && 'role' in groups ? pattern : undefined;
  } catch {
    return undefined;
  }
}

const HOSTS: ReadonlySet<string> = new Set([
  'login.tmprl.cloud',
  'prod-tmprl.us.auth0.com',
  'accounts.google.com',
  'gitlab.com',
  'token.actions.githubusercontent.com',
  'appleid.apple.com',
]);

// Microsoft's tenant for personal accounts.
const PERSONAL_ACCOUNTS = '/9188040d-6c67-4c5b-b112-36a304b66dad/';

/**
 * Whether an issuer signs tokens for anybody who opens an account there, so that its signature says little.
 */
function isSharedIssuer(issuer: string): boolean {
  const { hostname, pathname } = new URL(issuer);
  return (
    HOSTS.has(hostname) ||
    (hostname === 'login.microsoftonline.com' && pathname.startsWith(PERSONAL_ACCOUNTS))
  );
}
