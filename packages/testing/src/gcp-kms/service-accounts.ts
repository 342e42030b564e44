import { createPublicKey, generateKeyPair, randomBytes, verify, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { GcpFault } from './fault';

const SCOPES: ReadonlySet<string> = new Set([
  'https://www.googleapis.com/auth/cloud-platform',
  'https://www.googleapis.com/auth/cloudkms',
]);
const AUDIENCE = 'https://cloudkms.googleapis.com/';
const LONGEST_S = 3600;
const SKEW_S = 60;

interface Claims {
  readonly iss?: unknown;
  readonly sub?: unknown;
  readonly aud?: unknown;
  readonly scope?: unknown;
  readonly iat?: unknown;
  readonly exp?: unknown;
}

/** The service accounts that a double knows, and the check of what they sign. */
export class GcpServiceAccounts {
  readonly #project: string;
  readonly #keys = new Map<string, { readonly email: string; readonly publicKey: KeyObject }>();
  readonly #tokens = new Set<string>();

  constructor(project: string) {
    this.#project = project;
  }

  /** Makes an account with a fresh RSA key. */
  async create(name: string): Promise<GcpServiceAccount> {
    const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
    const keyId = randomBytes(20).toString('hex');
    const email = `${name}@${this.#project}.iam.gserviceaccount.com`;
    this.#keys.set(keyId, { email, publicKey: createPublicKey(privateKey) });
    return {
      type: 'service_account',
      project_id: this.#project,
      private_key_id: keyId,
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      client_email: email,
      client_id: '100000000000000000001',
      // A token would be asked of it, where one is not signed by the account itself: nobody listens.
      token_uri: 'http://127.0.0.1:9/token',
    };
  }

  /** A new access token, as OAuth 2.0 endpoints give them: opaque, and good until it is revoked. */
  issueToken(): string {
    const token = `ya29.${randomBytes(24).toString('base64url')}`;
    this.#tokens.add(token);
    return token;
  }

  /** Refuses every access token that was issued so far. */
  revokeTokens(): void {
    this.#tokens.clear();
  }

  /**
   * Checks the access token of a request, or its self-signed JSON Web Token (RFC 7515, RFC 7519): algorithm,
   * signature, issuer, times, and the audience or the scope.
   *
   * @param authorization the metadata entry of that name
   * @param now the server's clock, in milliseconds since 1970
   * @returns the account's address
   * @throws GcpFault `UNAUTHENTICATED`
   */
  authenticate(authorization: string | undefined, now: number): string {
    const token = /^Bearer (ya29\.[\w-]+)$/.exec(authorization ?? '')?.[1];
    if (token !== undefined) {
      if (this.#tokens.has(token)) return `worker@${this.#project}.iam.gserviceaccount.com`;
      throw refused('ACCESS_TOKEN_EXPIRED', 'Request had invalid authentication credentials.');
    }
    const [, header, claims, signature] =
      /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(authorization ?? '') ?? [];
    if (header === undefined || claims === undefined || signature === undefined) {
      throw refused('CREDENTIALS_MISSING', 'Request is missing required authentication credential.');
    }
    const { alg, kid } = parse(header) as { readonly alg?: unknown; readonly kid?: unknown };
    const key = this.#keys.get(String(kid));
    const isSigned =
      alg === 'RS256' &&
      key !== undefined &&
      verify(
        'sha256',
        Buffer.from(`${header}.${claims}`),
        key.publicKey,
        Buffer.from(signature, 'base64url'),
      );
    if (!isSigned || !areGood(parse(claims), key.email, now / 1000)) {
      throw refused(
        'ACCESS_TOKEN_TYPE_UNSUPPORTED',
        'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
      );
    }
    return key.email;
  }
}

function areGood({ iss, sub, aud, scope, iat, exp }: Claims, email: string, now: number): boolean {
  const scopes = typeof scope === 'string' ? scope.split(' ') : [];
  return (
    iss === email &&
    sub === email &&
    (aud === AUDIENCE || scopes.some((each) => SCOPES.has(each))) &&
    typeof iat === 'number' &&
    typeof exp === 'number' &&
    iat <= now + SKEW_S &&
    exp > now &&
    exp - iat <= LONGEST_S
  );
}

function parse(part: string): Claims {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Claims;
  } catch {
    throw refused('CREDENTIALS_MISSING', 'Request had invalid authentication credentials.');
  }
}

function refused(reason: string, message: string): GcpFault {
  return new GcpFault('UNAUTHENTICATED', message, [
    {
      type: 'ErrorInfo',
      value: { reason, domain: 'googleapis.com', metadata: { service: 'cloudkms.googleapis.com' } },
    },
  ]);
}

/** The contents of a service account's key file: `credentials` of a client of Google's SDK. */
export interface GcpServiceAccount {
  readonly type: 'service_account';
  readonly project_id: string;
  readonly private_key_id: string;
  /** RSA, PKCS #8, PEM. */
  readonly private_key: string;
  readonly client_email: string;
  readonly client_id: string;
  readonly token_uri: string;
}
