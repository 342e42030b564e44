import { ConfigurationError } from '@waxseal/core';
import { authorizeByRules } from '../authorization/authorize-by-rules';
import type { Authorize } from '../authorization/authorize';
import type { PolicyNames } from '../authorization/policy-names';
import { resolveRules } from '../authorization/resolve-rules';
import { asList } from '../options/as-list';
import { resolvePolicies } from '../options/resolve-policies';
import type { CodecServerOptions } from '../options/codec-server-options';
import type { AccessControl } from './access-control';
import { authenticateBy } from './authenticate-by';
import type { ClientCertificateSettings } from './client-certificate-settings';
import type { HashedToken } from './hashed-token';
import { JwtAuthenticator } from './jwt-authenticator';
import { resolveClientCertificate } from './resolve-client-certificate';
import { resolveJwtSettings } from './resolve-jwt-settings';
import { resolveStaticTokens } from './resolve-static-tokens';
import { sourceName } from './source-name';
import type { TokenSource } from './token-source';

type Options = Pick<
  CodecServerOptions,
  'auth' | 'authorize' | 'policies' | 'allowCredentials' | 'allowedOrigins'
>;

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
  authorize: CodecServerOptions['authorize'],
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
