import { hash, timingSafeEqual } from 'node:crypto';
import { ConfigurationError } from '@waxseal/core';
import { z } from 'zod';
import type { PolicyNames } from '../authorization/access-rules';
import { checkGrant } from '../authorization/check-rules';
import { GRANT, type Principal } from '../authorization/principal';
import { list, nonEmptyList, options, text } from '../fields';

// The characters of RFC 6750 §2.1, so that a token can be sent as it is.
const TOKEN = /^[A-Za-z0-9\-._~+/]{32,512}={0,2}$/;
const SHA256 = /^[0-9a-f]{64}$/i;
const MIN_DIFFERENT_CHARACTERS = 8;

const SHA256_WORDS = 'must be the SHA-256 of the token in 64 hexadecimal digits.';
const TOKEN_WORDS =
  'must be random: 32 to 512 letters, digits, "-", "_", "." or "~", and no JSON Web Token. Make one with: openssl rand -hex 32';

/** Fields of {@link StaticToken}. */
export class StaticTokenFields {
  /** Name of its holder, for rules and the audit log. */
  readonly principal = text();

  /**
   * The token: 32 to 512 characters of `A-Z a-z 0-9 - . _ ~ + /`, from a random source. Only its SHA-256 is
   * kept.
   */
  readonly token = z.string(TOKEN_WORDS).refine(isRandom, TOKEN_WORDS).optional();

  /** SHA-256 of the token in hexadecimal, in place of the token itself. */
  readonly tokenSha256 = z.string(SHA256_WORDS).regex(SHA256, SHA256_WORDS).optional();

  /** What its holder may. Without it, `authorize` decides, where the token's `issuer` is `bearer`. */
  readonly may = list(GRANT).optional();
}

const STATIC_TOKEN = options(new StaticTokenFields()).refine(
  ({ token, tokenSha256 }) => (token === undefined) !== (tokenSha256 === undefined),
  'must have either token or tokenSha256.',
);

/** A fixed token, for the CLI and for scripts. */
export interface StaticToken extends z.input<typeof STATIC_TOKEN> {}

/** Fields of {@link BearerAuthenticatorOptions}. */
export class BearerAuthenticatorFields {
  readonly type = z.literal('bearer');

  /** The tokens; no two entries may have the same. */
  readonly tokens = nonEmptyList(STATIC_TOKEN);
}

/** What {@link BearerAuthenticatorOptions} are checked by. */
export const BEARER_AUTHENTICATOR = options(new BearerAuthenticatorFields());

/** Accepts fixed tokens, as `Authorization: Bearer <token>`. */
export interface BearerAuthenticatorOptions extends z.input<typeof BEARER_AUTHENTICATOR> {}

/**
 * The hashes of static tokens, which alone are kept.
 *
 * @param field where the entry stands, for messages
 * @param earlier those of other entries
 * @param policies names of the decode policies there are; undefined where there are none
 * @throws ConfigurationError that names the field; no message quotes a token
 */
export function hashTokens(
  { tokens }: BearerAuthenticatorOptions,
  field: string,
  earlier: readonly HashedToken[],
  policies: PolicyNames | undefined,
): readonly HashedToken[] {
  const seen = new Set(earlier.map(({ sha256 }) => sha256.toString('hex')));
  return tokens.map(({ principal, token, tokenSha256 = '', may }, index) => {
    const at = `${field}.tokens[${String(index)}]`;
    const sha256 = token === undefined ? Buffer.from(tokenSha256, 'hex') : hashOf(token);
    if (seen.has(sha256.toString('hex'))) {
      throw new ConfigurationError(`${at} is the token of another principal. Give each a token of its own.`);
    }
    seen.add(sha256.toString('hex'));
    for (const [number, grant] of (may ?? []).entries()) {
      checkGrant(grant, `${at}.may[${String(number)}]`, policies);
    }
    return {
      principal: {
        id: principal,
        issuer: 'bearer',
        method: 'bearer',
        groups: [],
        permissions: [],
        claims: {},
        grants: may,
      },
      sha256,
    };
  });
}

function isRandom(token: string): boolean {
  return TOKEN.test(token) && !isJwtShaped(token) && new Set(token).size >= MIN_DIFFERENT_CHARACTERS;
}

function hashOf(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}

/**
 * The principal of a static token. All hashes are compared, each in constant time, so that the time says
 * neither how much of a token was right nor which one it was.
 */
export function findStaticToken(tokens: readonly HashedToken[], presented: string): Principal | undefined {
  const sha256 = hashOf(presented);
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
