import { ConfigurationError } from '@waxseal/core';
import type { Authorize, PolicyNames } from '../authorization/access-rules';
import { authorizeByRules } from '../authorization/authorize-by-rules';
import { resolveRules } from '../authorization/resolve-rules';
import { asList, isObject } from '../fields';
import { DecodePolicies } from '../masking/decode-policies';
import type { DecodePolicy } from '../masking/decode-policy';
import type { AccessControl } from './access-control';
import type { AccessOptions, TokenSource } from './auth-options';
import { authenticateBy, sourceName } from './authenticate';
import { type ClientCertificateSettings, resolveClientCertificate } from './client-certificate';
import { JwtAuthenticator } from './jwt-authenticator';
import { resolveJwtSettings } from './jwt-settings';
import { type HashedToken, resolveStaticTokens } from './static-tokens';

/** With what browsers may do, which cookies need. */
interface Options extends AccessOptions {
  readonly allowCredentials?: boolean;
  readonly allowedOrigins?: readonly string[];
}

/**
 * Validates who may, and makes what decides it.
 *
 * @returns undefined without `auth`: then everybody may who reaches the server
 * @throws ConfigurationError that names the field
 */
export function resolveAccessControl(options: Options): AccessControl | undefined {
  const { auth, authorize } = options;
  if (auth === undefined) {
    if (options.policies !== undefined) {
      throw new ConfigurationError('policies needs auth: without it nobody is known to have one.');
    }
    if (authorize === undefined) return undefined;
    throw new ConfigurationError('authorize needs auth: without it nobody is known to decide about.');
  }
  const policies = resolvePolicies(options.policies);
  const list = asList(auth, 'auth');
  const sources = new Map<string, TokenSource>();
  const jwt: JwtAuthenticator[] = [];
  const tokens: HashedToken[] = [];
  let certificates: ClientCertificateSettings | undefined;
  list.forEach((entry, index) => {
    const field = `auth[${String(index)}]`;
    const type = typeof entry === 'object' && entry !== null && 'type' in entry ? entry.type : undefined;
    if (type === 'jwt') {
      const settings = resolveJwtSettings(entry, field, policies?.names);
      assertNew(settings, jwt, field);
      if (typeof settings.from === 'object') assertCookies(options, field);
      jwt.push(new JwtAuthenticator(settings));
      sources.set(sourceName(settings.from), settings.from);
    } else if (type === 'bearer') {
      tokens.push(...resolveStaticTokens(entry, field, tokens, policies?.names));
      sources.set('authorization', 'authorization');
    } else if (type === 'client-certificate') {
      if (certificates !== undefined) {
        throw new ConfigurationError(`${field} is a second entry for client certificates. Write one.`);
      }
      certificates = resolveClientCertificate(entry, field);
    } else {
      throw new ConfigurationError(`${field}.type must be "jwt", "bearer" or "client-certificate".`);
    }
  });
  if (list.length === 0) {
    throw new ConfigurationError(
      'auth is empty, so that nobody could sign in. Leave it out to serve loopback without authentication.',
    );
  }
  return {
    authenticate: authenticateBy(
      [...sources.values()],
      jwt,
      tokens,
      new Set(options.allowedOrigins),
      certificates,
    ),
    readsClientCertificates: certificates !== undefined,
    authorize: resolveAuthorize(authorize, jwt, tokens, certificates !== undefined, policies?.names),
    policies: policies?.policies,
  };
}

function resolveAuthorize(
  authorize: AccessOptions['authorize'],
  jwt: readonly JwtAuthenticator[],
  tokens: readonly HashedToken[],
  readsClientCertificates: boolean,
  policies: PolicyNames | undefined,
): Authorize {
  const withGrants = tokens.filter(({ principal }) => principal.grants !== undefined);
  if (typeof authorize === 'function') {
    if (withGrants.length === 0) return authorize;
    throw new ConfigurationError(
      'A static token has "may", but authorize is a function, which alone decides. Give one or the other.',
    );
  }
  const issuers = new Set(jwt.map(({ settings }) => settings.issuer));
  if (withGrants.length < tokens.length) issuers.add('bearer');
  if (readsClientCertificates) issuers.add('client-certificate');
  const rules = authorize === undefined ? [] : resolveRules(authorize, issuers, policies);
  const hasPermissions = jwt.some(({ settings }) => settings.permissionsClaim !== undefined);
  if (rules.length === 0 && withGrants.length === 0 && !hasPermissions) {
    throw new ConfigurationError(
      'auth says who may sign in, and nothing says what they may do: everything would be refused. Give authorize, a permissionsClaim, or "may" of static tokens.',
    );
  }
  return authorizeByRules(rules);
}

function assertNew(
  { issuer, from }: JwtAuthenticator['settings'],
  earlier: readonly JwtAuthenticator[],
  field: string,
): void {
  const isThere = earlier.some(
    ({ settings }) => settings.issuer === issuer && sourceName(settings.from) === sourceName(from),
  );
  if (isThere) {
    throw new ConfigurationError(
      `${field} has the issuer and the source of another entry. Write one entry, with all its audiences.`,
    );
  }
}

function assertCookies({ allowCredentials, allowedOrigins }: Options, field: string): void {
  if (allowCredentials !== true || (allowedOrigins ?? []).length === 0) {
    throw new ConfigurationError(
      `${field}.from is a cookie, which browsers send only where allowCredentials is true and allowedOrigins lists the Web UI.`,
    );
  }
}

/** Decode policies that are ready, and their names, `full` among them. */
interface ResolvedPolicies {
  readonly policies: DecodePolicies;
  readonly names: PolicyNames;
}

/** @throws ConfigurationError that names the field */
function resolvePolicies(given: AccessOptions['policies']): ResolvedPolicies | undefined {
  if (given === undefined) return undefined;
  if (!isObject(given) || Object.keys(given).length === 0) {
    throw new ConfigurationError(
      'policies must be an object of one or more decode policies by name. To show everything to everybody, leave it out.',
    );
  }
  const reserved = ['full', 'denied'].find((name) => Object.hasOwn(given, name));
  if (reserved !== undefined) {
    throw new ConfigurationError(
      `policies.${reserved} has a name with a meaning of its own. Choose another name.`,
    );
  }
  const all = { ...given, full: 'full' as const };
  return {
    policies: new DecodePolicies({ policies: all }),
    names: new Map(Object.entries<DecodePolicy>(all).map(([name, policy]) => [name, policy === 'full'])),
  };
}
