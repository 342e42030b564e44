import { ConfigurationError } from '@waxseal/core';
import type { PolicyNames, ClaimConditions } from '../authorization/access-rules';
import { resolvePermissionPolicies, resolveClaimConditions } from '../authorization/resolve-rules';
import { asDurationMs, asObject, asSecureUrl, asText, asTexts } from '../fields';
import type { JwtAuthenticatorOptions, TokenSource } from './auth-options';
import type { JwtSettings } from './jwt-authenticator';

const FIELDS: ReadonlySet<string> = new Set<keyof JwtAuthenticatorOptions>([
  'type',
  'issuer',
  'audience',
  'from',
  'jwksUri',
  'algorithms',
  'clockTolerance',
  'requiredClaims',
  'subjectClaim',
  'groupsClaim',
  'permissionsClaim',
  'permissionsRegex',
  'permissionPolicies',
]);

const ASYMMETRIC = /^((RS|PS|ES)(256|384|512)|EdDSA|Ed25519)$/;
const TOLERANCE = { minMs: 0, maxMs: 5 * 60_000, words: 'of at most 5 minutes' };
const COOKIE_NAME = /^[\w!#$%&'*+.^`|~-]{1,128}$/;

/** Claims that say which program the token was made for or when, and nothing about whose it is. */
const IMPERSONAL: ReadonlySet<string> = new Set(
  'iss aud azp client_id exp nbf iat jti scope scp typ token_use gty email_verified nonce at_hash auth_time'.split(
    ' ',
  ),
);

/**
 * Validates the options of one issuer.
 *
 * @param field where they stand, for messages
 * @param policies names of the decode policies there are; undefined where there are none
 * @throws ConfigurationError that names the field
 */
export function resolveJwtSettings(
  value: unknown,
  field: string,
  policies: PolicyNames | undefined,
): JwtSettings {
  const given = asObject(value, field, FIELDS);
  const issuer = asSecureUrl(given['issuer'], `${field}.issuer`);
  const requiredClaims =
    given['requiredClaims'] === undefined
      ? {}
      : resolveClaimConditions(given['requiredClaims'], `${field}.requiredClaims`);
  if (isSharedIssuer(issuer) && !Object.entries(requiredClaims).some(isPersonal)) {
    throw new ConfigurationError(
      `${field}.requiredClaims is missing: ${issuer} signs tokens for every tenant, so that anybody with an account there could decrypt. Require what only your people have, such as { "https://saas-api.tmprl.cloud/user/email": "*@example.com" } for Temporal Cloud.`,
    );
  }
  const optional = (name: keyof JwtAuthenticatorOptions): string | undefined =>
    given[name] === undefined ? undefined : asText(given[name], `${field}.${name}`);
  const permissionsClaim = optional('permissionsClaim');
  const permissionPolicies = given['permissionPolicies'];
  if (permissionsClaim === undefined && permissionPolicies !== undefined) {
    throw new ConfigurationError(`${field}.permissionPolicies needs a permissionsClaim.`);
  }
  if (permissionsClaim === undefined && given['permissionsRegex'] !== undefined) {
    throw new ConfigurationError(`${field}.permissionsRegex needs a permissionsClaim.`);
  }
  return {
    issuer,
    audience: resolveAudience(given['audience'], `${field}.audience`),
    from: resolveSource(given['from'], `${field}.from`),
    jwksUri: given['jwksUri'] === undefined ? undefined : asSecureUrl(given['jwksUri'], `${field}.jwksUri`),
    algorithms: resolveAlgorithms(given['algorithms'], `${field}.algorithms`),
    clockToleranceMs: asDurationMs(given['clockTolerance'] ?? '60s', `${field}.clockTolerance`, TOLERANCE),
    requiredClaims,
    subjectClaim: optional('subjectClaim') ?? 'sub',
    groupsClaim: resolveGroupsClaim(given['groupsClaim'], `${field}.groupsClaim`),
    permissionsClaim,
    permissionsRegex: resolvePermissionsRegex(given['permissionsRegex'], `${field}.permissionsRegex`),
    permissionPolicies:
      permissionsClaim === undefined
        ? undefined
        : resolvePermissionPolicies(permissionPolicies, `${field}.permissionPolicies`, policies),
  };
}

function isPersonal([name, patterns]: [string, ClaimConditions[string]]): boolean {
  return !IMPERSONAL.has(name) && [patterns].flat().every((pattern) => /[\p{L}\p{N}]/u.test(pattern));
}

function resolveGroupsClaim(value: unknown, field: string): readonly string[] | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'string' ? [asText(value, field)] : asTexts(value, field);
}

function resolveAudience(value: unknown, field: string): readonly string[] {
  if (value === undefined) {
    throw new ConfigurationError(
      `${field} is missing: without it a token that was made for any other program of this issuer is accepted. Give the audience of the tokens that the Web UI passes.`,
    );
  }
  return typeof value === 'string' ? [asText(value, field)] : asTexts(value, field);
}

function resolveSource(value: unknown, field: string): TokenSource {
  if (value === undefined || value === 'authorization' || value === 'authorization-extras') {
    return value ?? 'authorization';
  }
  if (typeof value === 'object' && value !== null && 'cookie' in value) {
    const { cookie } = asObject(value, field, new Set(['cookie']));
    if (typeof cookie === 'string' && COOKIE_NAME.test(cookie)) return { cookie };
  }
  throw new ConfigurationError(
    `${field} must be "authorization", "authorization-extras" or { "cookie": "<name of the cookie>" }.`,
  );
}

function resolveAlgorithms(value: unknown, field: string): readonly string[] {
  if (value === undefined) return ['RS256', 'ES256'];
  const algorithms = asTexts(value, field);
  const refused = algorithms.find((algorithm) => !ASYMMETRIC.test(algorithm));
  if (refused !== undefined) {
    throw new ConfigurationError(
      `${field} holds ${JSON.stringify(refused)}. Only signatures with a key pair are accepted: RS256, PS256, ES256, EdDSA and their like; never HS256 or none.`,
    );
  }
  return algorithms;
}

/** @throws ConfigurationError unless it is a regular expression with the groups `namespace` and `role` */
function resolvePermissionsRegex(value: unknown, field: string): RegExp | undefined {
  if (value === undefined) return undefined;
  // Go, in which a Temporal server's configuration is written, names groups with a P.
  const source = asText(value, field).replaceAll('(?P<', '(?<');
  try {
    const pattern = new RegExp(source, 'u');
    // One more alternative, so that the groups can be asked for without a text that matches.
    const groups = new RegExp(`${source}|`, 'u').exec('')?.groups ?? {};
    if ('namespace' in groups && 'role' in groups) return pattern;
  } catch {
    // The message below says all there is to say.
  }
  throw new ConfigurationError(
    `${field} must be a regular expression with the groups "namespace" and "role", such as "^(?<role>[a-z]+)@(?<namespace>[^@]+)$".`,
  );
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
