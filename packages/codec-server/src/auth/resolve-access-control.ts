import { ConfigurationError } from '@waxseal/core';
import type { Authorize, PolicyNames } from '../authorization/access-rules';
import { authorizeByRules } from '../authorization/authorize-by-rules';
import { checkPermissionPolicies, checkRules } from '../authorization/check-rules';
import { DecodePolicies } from '../masking/decode-policies';
import type { DecodePolicy } from '../masking/decode-policy';
import type { AccessSettings } from './auth-options';
import { type Authenticate, authenticateBy, sourceName } from './authenticate';
import type { ClientCertificateSettings } from './client-certificate';
import { JwtAuthenticator } from './jwt-authenticator';
import { checkJwtSettings, type JwtSettings, type SignInSettings, type TokenSource } from './jwt-options';
import type { IssuerDiscovery } from './issuer-discovery';
import { type HashedToken, hashTokens } from './static-tokens';

/** Who may: the `auth` and `authorize` options after validation. */
export interface AccessControl {
  readonly authenticate: Authenticate;
  /** Whether `auth` has an entry for client certificates. */
  readonly readsClientCertificates: boolean;
  readonly authorize: Authorize;
  /** How people can sign in on the server's page. */
  readonly signIns: readonly SignIn[];
  /** What is seen under each decode policy; undefined where everything is. */
  readonly policies: DecodePolicies | undefined;
}

/** One issuer at which people can sign in on the server's page. */
export interface SignIn {
  readonly issuer: string;
  readonly settings: SignInSettings;
  /** What is sent then. */
  readonly token: 'access' | 'id';
  readonly discovery: IssuerDiscovery;
}

/** With what browsers may do, which cookies need. */
interface Settings extends AccessSettings {
  readonly allowCredentials: boolean;
  readonly allowedOrigins: readonly string[];
}

/**
 * Makes what decides who may, and checks that the options fit together.
 *
 * @returns undefined without `auth`: then everybody may who reaches the server
 * @throws ConfigurationError that names the field
 */
export function resolveAccessControl(settings: Settings): AccessControl | undefined {
  const { auth, authorize } = settings;
  if (auth === undefined) {
    const useless = (['policies', 'authorize'] as const).find((name) => settings[name] !== undefined);
    if (useless === undefined) return undefined;
    throw new ConfigurationError(`${useless} needs auth: without it nobody is known to have one.`);
  }
  const policies = resolvePolicies(settings.policies);
  const sources = new Map<string, TokenSource>();
  const jwt: JwtAuthenticator[] = [];
  const tokens: HashedToken[] = [];
  let certificates: ClientCertificateSettings | undefined;
  for (const [index, entry] of auth.entries()) {
    const field = `auth[${String(index)}]`;
    switch (entry.type) {
      case 'jwt':
        checkJwtSettings(entry, field);
        checkPermissionPolicies(entry, field, policies?.names);
        assertNew(entry, jwt, field);
        if (typeof entry.from === 'object') assertCookies(settings, field);
        assertOneSignIn(entry, jwt, field);
        jwt.push(new JwtAuthenticator(entry));
        sources.set(sourceName(entry.from), entry.from);
        break;
      case 'bearer':
        tokens.push(...hashTokens(entry, field, tokens, policies?.names));
        sources.set('authorization', 'authorization');
        break;
      case 'client-certificate':
        if (certificates !== undefined) {
          throw new ConfigurationError(`${field} is a second entry for client certificates. Write one.`);
        }
        certificates = entry;
    }
  }
  return {
    authenticate: authenticateBy(
      [...sources.values()],
      jwt,
      tokens,
      new Set(settings.allowedOrigins),
      certificates,
    ),
    readsClientCertificates: certificates !== undefined,
    signIns: jwt.flatMap(signInOf),
    authorize: resolveAuthorize(authorize, jwt, tokens, certificates !== undefined, policies?.names),
    policies: policies?.policies,
  };
}

function signInOf({ settings, discovery }: JwtAuthenticator): readonly SignIn[] {
  const { issuer, signIn, from } = settings;
  if (signIn === undefined) return [];
  return [{ issuer, settings: signIn, token: from === 'authorization' ? 'access' : 'id', discovery }];
}

function resolveAuthorize(
  authorize: AccessSettings['authorize'],
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
  const rules = authorize ?? [];
  checkRules(rules, issuers, policies);
  const hasPermissions = jwt.some(({ settings }) => settings.permissionsClaim !== undefined);
  if (rules.length === 0 && withGrants.length === 0 && !hasPermissions) {
    throw new ConfigurationError(
      'auth says who may sign in, and nothing says what they may do: everything would be refused. Give authorize, a permissionsClaim, or "may" of static tokens.',
    );
  }
  return authorizeByRules(rules);
}

function assertNew({ issuer, from }: JwtSettings, earlier: readonly JwtAuthenticator[], field: string): void {
  const isThere = earlier.some(
    ({ settings }) => settings.issuer === issuer && sourceName(settings.from) === sourceName(from),
  );
  if (isThere) {
    throw new ConfigurationError(
      `${field} has the issuer and the source of another entry. Write one entry, with all its audiences.`,
    );
  }
}

function assertOneSignIn(
  { issuer, signIn }: JwtSettings,
  earlier: readonly JwtAuthenticator[],
  field: string,
): void {
  if (signIn === undefined) return;
  if (earlier.some(({ settings }) => settings.issuer === issuer && settings.signIn !== undefined)) {
    throw new ConfigurationError(
      `${field}.signIn is a second one for ${issuer}. Give it to the entry whose tokens the page shall send.`,
    );
  }
}

function assertCookies({ allowCredentials, allowedOrigins }: Settings, field: string): void {
  if (!allowCredentials || allowedOrigins.length === 0) {
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

function resolvePolicies(given: AccessSettings['policies']): ResolvedPolicies | undefined {
  if (given === undefined) return undefined;
  const all = { ...given, full: 'full' as const };
  return {
    policies: new DecodePolicies({ policies: all }),
    names: new Map(Object.entries<DecodePolicy>(all).map(([name, policy]) => [name, policy === 'full'])),
  };
}
