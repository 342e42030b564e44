import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';

/** One key pair of an issuer. */
export interface IssuerKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly jwk: JWK;
}

export async function makeKey(kid: string, alg = 'ES256'): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/** What tokens of the tests say, unless a test says otherwise. */
export const AUDIENCE = 'codec-server';

/** A real issuer on loopback: discovery document, key set, and tokens. It counts what it is asked. */
export class Issuer {
  readonly asked: string[] = [];
  /** The keys that it publishes. */
  keys: readonly IssuerKey[] = [];
  /** Status that it answers everything with, when it is not well; `hang` never answers. */
  failure: number | 'hang' | undefined;
  /** What the discovery document says beside or in place of the truth. */
  discovery: Record<string, unknown> = {};
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Issuer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const issuer = new Issuer(server);
    issuer.keys = [await makeKey('first')];
    server.on('request', (request, response) => {
      const url = request.url ?? '';
      issuer.asked.push(url);
      if (issuer.failure === 'hang') return;
      response.statusCode = issuer.failure ?? 200;
      response.setHeader('Connection', 'close');
      const document = url.startsWith('/.well-known')
        ? { issuer: issuer.url, jwks_uri: issuer.jwksUri, ...issuer.discovery }
        : { keys: issuer.keys.map(({ jwk }) => jwk) };
      response.end(JSON.stringify(document));
    });
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  get jwksUri(): string {
    return `${this.url}/keys`;
  }

  /**
   * A token of the first key, good for five minutes, with `claims` in place of the usual ones; `undefined`
   * removes one.
   */
  token(claims: JWTPayload = {}, key = this.keys[0], header: Record<string, unknown> = {}): Promise<string> {
    if (key === undefined) throw new Error('The issuer has no key.');
    const now = Math.floor(Date.now() / 1000);
    const payload = { iss: this.url, aud: AUDIENCE, sub: 'alice', iat: now, exp: now + 300, ...claims };
    return new SignJWT(payload)
      .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'JWT', ...header })
      .sign(key.privateKey);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
