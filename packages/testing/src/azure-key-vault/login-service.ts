import { randomBytes, randomUUID, sign, verify } from 'node:crypto';
import type { RsaKeyPair } from './key';

/** An answer of the login endpoint. */
interface LoginAnswer {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
}

/**
 * Microsoft Entra ID, as far as a client with a secret needs it (OAuth 2.0 client credentials, RFC 6749
 * §4.4).
 */
export class LoginService {
  readonly tenantId = randomUUID();
  readonly clientId = randomUUID();
  readonly clientSecret = randomBytes(24).toString('base64url');
  /** Object ID of the one caller that there is. */
  readonly objectId = randomUUID();

  readonly #issuer: TokenIssuer;
  readonly #lifetimeSeconds: number;

  constructor(issuer: TokenIssuer, lifetimeSeconds: number) {
    this.#issuer = issuer;
    this.#lifetimeSeconds = lifetimeSeconds;
  }

  /** A token for a scope such as `https://vault.azure.net/.default`. */
  token(scope: string): { readonly token: string; readonly expiresOnTimestamp: number } {
    const exp = Math.floor(Date.now() / 1000) + this.#lifetimeSeconds;
    const token = this.#issuer.issue({
      aud: scope.replace(/\/\.default$/, ''),
      iss: `https://sts.windows.net/${this.tenantId}/`,
      oid: this.objectId,
      appid: this.clientId,
      tid: this.tenantId,
      exp,
    });
    return { token, expiresOnTimestamp: exp * 1000 };
  }

  /** @returns `undefined` where there is no such endpoint */
  answer(method: string | undefined, path: string, body: string, authority: string): LoginAnswer | undefined {
    const base = `${authority}/${this.tenantId}`;
    if (method === 'GET' && path === '/common/discovery/instance') {
      return {
        status: 200,
        json: { tenant_discovery_endpoint: `${base}/v2.0/.well-known/openid-configuration`, metadata: [] },
      };
    }
    if (method === 'GET' && path === `/${this.tenantId}/v2.0/.well-known/openid-configuration`) {
      return {
        status: 200,
        json: {
          issuer: `${base}/v2.0`,
          authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
          token_endpoint: `${base}/oauth2/v2.0/token`,
          jwks_uri: `${base}/discovery/v2.0/keys`,
        },
      };
    }
    if (method === 'POST' && path === `/${this.tenantId}/oauth2/v2.0/token`) {
      return this.#grant(new URLSearchParams(body));
    }
    return undefined;
  }

  #grant(form: URLSearchParams): LoginAnswer {
    if (form.get('grant_type') !== 'client_credentials') {
      return loginError('unsupported_grant_type', 70003, 'The grant type is not supported.');
    }
    if (form.get('client_id') !== this.clientId) {
      return loginError('unauthorized_client', 700016, 'The application was not found in the directory.');
    }
    if (form.get('client_secret') !== this.clientSecret) {
      return loginError('invalid_client', 7000215, 'Invalid client secret provided.', 401);
    }
    const scope = form
      .get('scope')
      ?.split(' ')
      .find((name) => name.endsWith('/.default'));
    if (scope === undefined) return loginError('invalid_scope', 70011, 'The scope is not valid.');
    const { token } = this.token(scope);
    const lifetime = { expires_in: this.#lifetimeSeconds, ext_expires_in: this.#lifetimeSeconds };
    return { status: 200, json: { token_type: 'Bearer', ...lifetime, access_token: token } };
  }
}

function loginError(error: string, code: number, text: string, status = 400): LoginAnswer {
  return {
    status,
    json: {
      error,
      error_description: `AADSTS${String(code)}: ${text}`,
      error_codes: [code],
      timestamp: new Date().toISOString(),
      trace_id: randomUUID(),
      correlation_id: randomUUID(),
    },
  };
}

/** What a token says. */
interface TokenClaims {
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

  /**
   * The claims of a token of this issuer for `audience`; `undefined` for any other token, and for one that
   * ended.
   */
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
