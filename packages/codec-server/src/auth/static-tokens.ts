import { createHash, timingSafeEqual } from 'node:crypto';
import { ConfigurationError } from '@waxseal/core';
import type { PolicyNames } from '../authorization/access-rules';
import type { Grant, Principal } from '../authorization/principal';
import { resolveGrant } from '../authorization/resolve-rules';
import { asList, asObject, asText } from '../fields';
import type { BearerAuthenticatorOptions, StaticToken } from './auth-options';

const FIELDS: ReadonlySet<string> = new Set<keyof BearerAuthenticatorOptions>(['type', 'tokens']);
const TOKEN_FIELDS: ReadonlySet<string> = new Set<keyof StaticToken>([
  'principal',
  'token',
  'tokenSha256',
  'may',
]);

const GRANT_FIELDS: ReadonlySet<string> = new Set<keyof Grant>(['namespaces', 'operations', 'policy']);

// The characters of RFC 6750 §2.1, so that a token can be sent as it is.
const TOKEN = /^[A-Za-z0-9\-._~+/]{32,512}={0,2}$/;
const SHA256 = /^[0-9a-f]{64}$/i;
const MIN_DIFFERENT_CHARACTERS = 8;

/**
 * Validates static tokens and keeps their hashes only. No message quotes a token.
 *
 * @param earlier those of other entries
 * @param policies names of the decode policies there are; undefined where there are none
 * @throws ConfigurationError that names the field
 */
export function resolveStaticTokens(
  value: unknown,
  field: string,
  earlier: readonly HashedToken[],
  policies: PolicyNames | undefined,
): readonly HashedToken[] {
  const { tokens } = asObject(value, field, FIELDS);
  const list = asList(tokens, `${field}.tokens`);
  if (list.length === 0) throw new ConfigurationError(`${field}.tokens must not be empty.`);
  const seen = new Set(earlier.map(({ sha256 }) => sha256.toString('hex')));
  return list.map((entry, index) => {
    const at = `${field}.tokens[${String(index)}]`;
    const given = asObject(entry, at, TOKEN_FIELDS);
    const sha256 = hashOf(given, at);
    if (seen.has(sha256.toString('hex'))) {
      throw new ConfigurationError(`${at} is the token of another principal. Give each a token of its own.`);
    }
    seen.add(sha256.toString('hex'));
    const grants =
      given['may'] === undefined
        ? undefined
        : asList(given['may'], `${at}.may`).map((grant, number) => {
            const where = `${at}.may[${String(number)}]`;
            return resolveGrant(asObject(grant, where, GRANT_FIELDS), where, policies);
          });
    return {
      principal: {
        id: asText(given['principal'], `${at}.principal`),
        issuer: 'bearer',
        method: 'bearer',
        groups: [],
        permissions: [],
        claims: {},
        grants,
      },
      sha256,
    };
  });
}

function hashOf({ token, tokenSha256 }: Readonly<Record<string, unknown>>, at: string): Buffer {
  if ((token === undefined) === (tokenSha256 === undefined)) {
    throw new ConfigurationError(`${at} must have either token or tokenSha256.`);
  }
  if (tokenSha256 !== undefined) {
    if (typeof tokenSha256 !== 'string' || !SHA256.test(tokenSha256)) {
      throw new ConfigurationError(
        `${at}.tokenSha256 must be the SHA-256 of the token in 64 hexadecimal digits.`,
      );
    }
    return Buffer.from(tokenSha256, 'hex');
  }
  if (
    typeof token !== 'string' ||
    !TOKEN.test(token) ||
    isJwtShaped(token) ||
    new Set(token).size < MIN_DIFFERENT_CHARACTERS
  ) {
    throw new ConfigurationError(
      `${at}.token must be random: 32 to 512 letters, digits, "-", "_", "." or "~", and no JSON Web Token. Make one with: openssl rand -hex 32`,
    );
  }
  return createHash('sha256').update(token, 'utf8').digest();
}

/**
 * The principal of a static token. All hashes are compared, each in constant time, so that the time says
 * neither how much of a token was right nor which one it was.
 */
export function findStaticToken(tokens: readonly HashedToken[], presented: string): Principal | undefined {
  const sha256 = createHash('sha256').update(presented, 'utf8').digest();
  let found: Principal | undefined;
  for (const token of tokens) {
    if (timingSafeEqual(token.sha256, sha256)) found = token.principal;
  }
  return found;
}

/** One static token: whose it is, and its SHA-256. */
export interface HashedToken {
  readonly principal: Principal;
  /** 32 bytes. */
  readonly sha256: Buffer;
}

/**
 * Whether a token has the three parts of a signed JSON Web Token (RFC 7515 §7.1). The signature may be empty.
 */
export function isJwtShaped(token: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(token);
}
