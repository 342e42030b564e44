import { randomUUID, sign, verify } from 'node:crypto';

import type { RsaKeyPair } from './rsa-key-pool';

/** What a token says. */
export interface TokenClaims {
  readonly aud: string;
  readonly iss: string;
  readonly oid: string;
  readonly appid: string;
  readonly tid: string;
  /** Seconds since 1970. */
  readonly exp: number;
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Issues access tokens as JWTs (RS256), and knows its own again. */
export class TokenIssuer {
  readonly #keys: RsaKeyPair;
  #revokedBefore = 0;
  #issued = 0;

  constructor(keys: RsaKeyPair) {
    this.#keys = keys;
  }

  /** A JWT with these claims. */
  issue(claims: TokenClaims): string {
    const now = Math.floor(Date.now() / 1000);
    this.#issued++;
    const body = { ...claims, iat: now, nbf: now, ver: '1.0', uti: randomUUID(), serial: this.#issued };
    const signed = `${encode({ typ: 'JWT', alg: 'RS256' })}.${encode(body)}`;
    return `${signed}.${sign('sha256', Buffer.from(signed), this.#keys.privateKey).toString('base64url')}`;
  }

  /** No token that was issued so far is good any more. */
  revokeAll(): void {
    this.#revokedBefore = this.#issued;
  }

  /** The claims of a token of this issuer for `audience`; `undefined` for any other token, and for one that ended. */
  check(token: string, audience: string): TokenClaims | undefined {
    const [header, body, signature, ...rest] = token.split('.');
    if (header === undefined || body === undefined || signature === undefined || rest.length > 0)
      return undefined;
    const isOwn = verify(
      'sha256',
      Buffer.from(`${header}.${body}`),
      this.#keys.publicKey,
      Buffer.from(signature, 'base64url'),
    );
    if (!isOwn) return undefined;
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as TokenClaims & { serial: number };
    const isGood =
      claims.aud === audience && claims.exp > Date.now() / 1000 && claims.serial > this.#revokedBefore;
    return isGood ? claims : undefined;
  }
}
