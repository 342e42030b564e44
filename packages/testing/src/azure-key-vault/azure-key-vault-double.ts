import { createSecretKey, randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { readBody, type LoopbackCertificate, loopbackCertificate } from '../loopback';
import { Denials, Script } from '../script';
import { answerKeyVaultRequest } from './answer';
import { KeyVaultFault } from './fault';
import { AzureKeyVaultDoubleKey, type AzureKeyMaterial, rsaKeyPair } from './key';
import { LoginService, TokenIssuer } from './login-service';
import { type AzureKeyVaultOperation, readKeyVaultTarget, readWrapParameters } from './request';
import { type AzureKeyVaultBehaviour, sendAnswer, type KeyVaultAnswer } from './response';

const KEY_OPERATIONS = ['encrypt', 'decrypt', 'sign', 'verify', 'wrapKey', 'unwrapKey'];
const RESOURCES = { vault: 'https://vault.azure.net', 'managed-hsm': 'https://managedhsm.azure.net' };

/** A running double of a vault or Managed HSM. Made by `startAzureKeyVaultDouble`. */
export class AzureKeyVaultDouble {
  /** Milliseconds that every answer about keys waits, the challenge too. May be set. */
  latencyMs = 0;
  /**
   * Wraps under keys that are disabled or out of their dates, and refuses only to unwrap, as it was reported
   * of the service (https://github.com/Azure/azure-sdk-for-python/issues/45342). May be set.
   */
  wrapsUnderDisabledKeys = false;
  /** All requests about keys with a good token so far, oldest first. */
  readonly requests: AzureKeyVaultRecordedRequest[] = [];
  /** Requests about keys that were answered with a challenge so far. */
  challenges = 0;
  /** The certificate in PEM, for the client's `tlsOptions.ca`. It is its own issuer. */
  readonly caCertificate: string;
  /** Directory and client with a secret that the login endpoint takes. */
  readonly login: Pick<LoginService, 'tenantId' | 'clientId' | 'clientSecret' | 'objectId'>;
  /** A `TokenCredential` of the double's own, which asks no login endpoint. */
  readonly credential = {
    getToken: (
      scopes: string | string[],
    ): Promise<{ readonly token: string; readonly expiresOnTimestamp: number }> =>
      Promise.resolve(this.#login.token(String([scopes].flat()[0]))),
  };

  readonly #options: Pick<AzureKeyVaultDoubleOptions, 'host'> &
    Required<Pick<AzureKeyVaultDoubleOptions, 'service' | 'permissionModel'>>;
  readonly #login: LoginService;
  readonly #issuer: TokenIssuer;
  readonly #server: Server;
  readonly #keys: AzureKeyVaultDoubleKey[] = [];
  readonly #denials = new Denials<AzureKeyVaultOperation>();
  readonly #next = new Script<AzureKeyVaultBehaviour>();
  readonly #nextLogins = new Script<AzureKeyVaultBehaviour>();
  readonly #closing = new AbortController();
  /** All connections, also those that are still in the handshake, which the server itself does not cut. */
  readonly #sockets = new Set<Socket>();
  #port = 0;
  /** Pairs of each size that are in use; the first of 2,048 bits signs tokens. */
  readonly #pairs = new Map([[2048, 1]]);

  /** Use `startAzureKeyVaultDouble`. */
  constructor(
    options: AzureKeyVaultDoubleOptions,
    { certificate, privateKey }: LoopbackCertificate,
    login: LoginService,
    issuer: TokenIssuer,
  ) {
    this.#options = {
      service: options.service ?? 'vault',
      permissionModel: options.permissionModel ?? 'rbac',
      ...(options.host === undefined ? {} : { host: options.host }),
    };
    this.caCertificate = certificate;
    this.login = login;
    this.#login = login;
    this.#issuer = issuer;
    // Each answer that waits listens.
    setMaxListeners(0, this.#closing.signal);
    this.#server = createServer({ cert: certificate, key: privateKey }, (request, response) => {
      this.#serve(request, response).catch(() => {
        response.destroy();
      });
    });
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** `https://127.0.0.1:<port>`, or with the option `host`: the vault's URL, and the `authorityHost` of credentials. */
  get url(): string {
    return `https://${this.#options.host ?? `127.0.0.1:${String(this.#port)}`}`;
  }

  /** Of the loopback interface. */
  get port(): number {
    return this.#port;
  }

  /**
   * Options that let the real SDK clients speak to the double: its certificate, and no check of the
   * challenge's domain.
   */
  get clientOptions(): {
    readonly disableChallengeResourceVerification: true;
    readonly tlsOptions: { readonly ca: string };
  } {
    return { disableChallengeResourceVerification: true, tlsOptions: { ca: this.caCertificate } };
  }

  /** The keys, oldest first. */
  get keys(): readonly AzureKeyVaultDoubleKey[] {
    return this.#keys;
  }

  /** Listens on a free port of the loopback interface. Done by `startAzureKeyVaultDouble`. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /**
   * Makes a key with one version, as `Create Key`.
   *
   * @param options `keyType`, by default `RSA` (in a Managed HSM `RSA-HSM`); `bits`, by default 2,048 (for
   *   `oct-HSM` 256)
   * @throws Error when the name is taken, or the service does not hold keys of that type
   */
  async createKey(
    options: {
      readonly name?: string;
      readonly keyType?: AzureKeyVaultDoubleKey['keyType'];
      readonly bits?: number;
      readonly keyOperations?: readonly string[];
    } = {},
  ): Promise<AzureKeyVaultDoubleKey> {
    const isHsm = this.#options.service === 'managed-hsm';
    const keyType = options.keyType ?? (isHsm ? 'RSA-HSM' : 'RSA');
    const name = options.name ?? `key-${randomBytes(4).toString('hex')}`;
    if (keyType === 'oct-HSM' && !isHsm) throw new Error('Only a Managed HSM holds AES keys.');
    if (keyType === 'RSA' && isHsm) throw new Error('A Managed HSM holds RSA-HSM keys, not RSA keys.');
    if (!/^[0-9a-zA-Z-]{1,127}$/.test(name)) throw new Error('A name has letters, digits and hyphens.');
    if (this.#keys.some((key) => key.name.toLowerCase() === name.toLowerCase())) {
      throw new Error(`There is a key ${JSON.stringify(name)} already, or a deleted one that is not purged.`);
    }
    const isAes = keyType === 'oct-HSM';
    const bits = options.bits ?? (isAes ? 256 : 2048);
    const key = new AzureKeyVaultDoubleKey({
      name,
      url: `${this.url}/keys/${name}`,
      keyType,
      keyOperations: options.keyOperations ?? (isAes ? ['wrapKey', 'unwrapKey'] : KEY_OPERATIONS),
      newMaterial: () => (isAes ? aesMaterial(bits) : this.#rsaMaterial(bits)),
    });
    await key.rotate();
    this.#keys.push(key);
    return key;
  }

  /** Removes a key for good and frees its name, as `Purge Deleted Key`. */
  purgeKey(key: AzureKeyVaultDoubleKey): void {
    const at = this.#keys.indexOf(key);
    if (at >= 0) this.#keys.splice(at, 1);
  }

  /** Answers 403 to `operation`, with these keys or with any, until {@link AzureKeyVaultDouble.allow}. */
  deny(operation: AzureKeyVaultOperation, ...keys: readonly AzureKeyVaultDoubleKey[]): void {
    this.#denials.deny(
      operation,
      keys.map(({ name }) => name.toLowerCase()),
    );
  }

  /** Takes back {@link AzureKeyVaultDouble.deny}. */
  allow(operation: AzureKeyVaultOperation): void {
    this.#denials.allow(operation);
  }

  /** Shows another certificate from now on, as a service does that renewed its own. */
  rotateCertificate({ certificate, privateKey }: LoopbackCertificate): void {
    this.#server.setSecureContext({ cert: certificate, key: privateKey });
    this.cutConnections();
  }

  /** Cuts all connections; new ones are taken. */
  cutConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Ends all tokens that were issued so far: requests with them are answered with 401 and a challenge. */
  revokeTokens(): void {
    this.#issuer.revokeAll();
  }

  /**
   * Does this with the next `times` requests about keys that have a good token, after what was scripted
   * before.
   */
  next(behaviour: AzureKeyVaultBehaviour, times = 1): void {
    this.#next.add(behaviour, times);
  }

  /** Does this with the next `times` requests for a token at the login endpoint. */
  nextLogin(
    behaviour: Extract<AzureKeyVaultBehaviour, { body: string } | { hang: true } | { cut: true }>,
    times = 1,
  ): void {
    this.#nextLogins.add(behaviour, times);
  }

  /** Forgets what was scripted, `latencyMs`, the rights that were taken, and the requests. */
  reset(): void {
    this.#next.clear();
    this.#nextLogins.clear();
    this.#denials.clear();
    this.latencyMs = 0;
    this.wrapsUnderDisabledKeys = false;
    this.requests.length = 0;
    this.challenges = 0;
  }

  /** Cuts all connections and stops. */
  async close(): Promise<void> {
    this.#closing.abort();
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  #rsaMaterial(bits: number): Promise<AzureKeyMaterial> {
    const index = this.#pairs.get(bits) ?? 0;
    this.#pairs.set(bits, index + 1);
    return rsaKeyPair(bits, index);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    if (!pathname.startsWith('/keys/')) {
      this.#serveLogin(request, response, pathname, body);
      return;
    }
    const caller = this.#callerOf(request);
    const scripted = caller === undefined ? undefined : this.#next.take();
    const answer =
      caller === undefined
        ? this.#challenge()
        : this.#answer(request.method, pathname, searchParams, body, caller, scripted);
    if (scripted !== undefined && 'hang' in scripted) return;
    if (this.latencyMs > 0) await delay(this.latencyMs, undefined, { signal: this.#closing.signal });
    sendAnswer(response, answer, scripted);
  }

  #serveLogin(request: IncomingMessage, response: ServerResponse, path: string, body: string): void {
    const scripted = request.method === 'POST' ? this.#nextLogins.take() : undefined;
    if (scripted !== undefined && 'hang' in scripted) return;
    const answer = this.#login.answer(request.method, path, body, this.url);
    sendAnswer(response, answer ?? { status: 404, json: { error: 'not_found' } }, scripted);
  }

  /** Object ID of the caller, where the token is a good one of the double's. */
  #callerOf({ headers }: IncomingMessage): string | undefined {
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
    if (token === undefined) return undefined;
    return this.#issuer.check(token, RESOURCES[this.#options.service])?.oid;
  }

  #challenge(): KeyVaultAnswer {
    this.challenges++;
    const resource = RESOURCES[this.#options.service];
    const fault = new KeyVaultFault('Unauthorized', 'AKV10000: Request is missing a Bearer or PoP token.');
    return {
      status: 401,
      json: fault.body,
      headers: {
        'WWW-Authenticate': `Bearer authorization="${this.url}/${this.#login.tenantId}", resource="${resource}"`,
      },
    };
  }

  #answer(
    method: string | undefined,
    path: string,
    query: URLSearchParams,
    body: string,
    caller: string,
    scripted: AzureKeyVaultBehaviour | undefined,
  ): KeyVaultAnswer {
    try {
      const target = readKeyVaultTarget(method, path, query);
      const { operation, apiVersion, keyName, version } = target;
      const takesBody = operation === 'wrapKey' || operation === 'unwrapKey';
      const parameters = takesBody ? readWrapParameters(body) : undefined;
      this.requests.push({
        operation,
        apiVersion,
        keyName,
        version,
        algorithm: parameters?.algorithm,
        caller,
      });
      if (scripted !== undefined && 'error' in scripted) {
        const { error, message, innererror, status } = scripted;
        throw new KeyVaultFault(error, message ?? `Scripted: ${error}.`, innererror, status);
      }
      this.#authorize(operation, keyName, caller);
      const answer = answerKeyVaultRequest(target, parameters, this.#keys, this.wrapsUnderDisabledKeys);
      const json = scripted !== undefined && 'edit' in scripted ? scripted.edit(answer) : answer;
      return { status: 200, json };
    } catch (error) {
      if (!(error instanceof KeyVaultFault)) throw error;
      const retryAfter = scripted !== undefined && 'error' in scripted ? scripted.retryAfter : undefined;
      return {
        status: error.status,
        json: error.body,
        ...(retryAfter === undefined ? {} : { headers: { 'Retry-After': String(retryAfter) } }),
      };
    }
  }

  #authorize(operation: AzureKeyVaultOperation, keyName: string, caller: string): void {
    if (!this.#denials.isDenied(operation, keyName.toLowerCase())) return;
    const isRbac = this.#options.permissionModel === 'rbac';
    throw new KeyVaultFault(
      'Forbidden',
      isRbac
        ? `Caller is not authorized to perform action on resource. Caller: appid=${this.#login.clientId};oid=${caller}`
        : `The user, group or application 'appid=${this.#login.clientId};oid=${caller}' does not have keys ${operation} permission on key vault.`,
      isRbac ? 'ForbiddenByRbac' : 'AccessDenied',
    );
  }
}

function aesMaterial(bits: number): Promise<AzureKeyMaterial> {
  return Promise.resolve({ secret: createSecretKey(randomBytes(bits / 8)) });
}

/** Options of `startAzureKeyVaultDouble`. */
export interface AzureKeyVaultDoubleOptions {
  /**
   * `vault` holds RSA keys; `managed-hsm` holds RSA-HSM and oct-HSM (AES) keys, and names another resource in
   * its challenge.
   *
   * @default 'vault'
   */
  readonly service?: 'vault' | 'managed-hsm';
  /**
   * How rights are given, which shows in the errors of who has none.
   *
   * @default 'rbac'
   */
  readonly permissionModel?: 'rbac' | 'access-policy';
  /**
   * `<name>:<port>` that the double names itself by, in its keys and challenges, where clients reach it by
   * another way: a relay, a proxy, a name of their own.
   */
  readonly host?: string;
  /**
   * Seconds that a token is good for.
   *
   * @default 3600
   */
  readonly tokenLifetimeSeconds?: number;
}

/** Index of a pair that no key of a vault takes. */
const TOKENS = 0;

/**
 * Starts a double of Azure Key Vault, or of a Managed HSM, on a free port of the loopback interface: an HTTPS
 * server with the service's 401 challenge and checked tokens, a login endpoint that issues them, and real RSA
 * and AES key wrap. All keys are in memory. Close it when the tests end.
 *
 * @example
 * const vault = await startAzureKeyVaultDouble();
 * const key = await vault.createKey();
 * const client = new CryptographyClient(key.url, vault.credential, vault.clientOptions);
 */
export async function startAzureKeyVaultDouble(
  options: AzureKeyVaultDoubleOptions = {},
): Promise<AzureKeyVaultDouble> {
  const certificate = await loopbackCertificate();
  const issuer = new TokenIssuer(await rsaKeyPair(2048, TOKENS));
  const login = new LoginService(issuer, options.tokenLifetimeSeconds ?? 3600);
  const double = new AzureKeyVaultDouble(options, certificate, login, issuer);
  await double.listen();
  return double;
}

/** One request with a good token that reached the double, without what is secret in it. */
export interface AzureKeyVaultRecordedRequest {
  readonly operation: AzureKeyVaultOperation;
  readonly apiVersion: string;
  readonly keyName: string;
  /** As the URL names it; `undefined` for the current version. */
  readonly version: string | undefined;
  /** Of a wrap or unwrap. */
  readonly algorithm: string | undefined;
  /** Object ID of the caller, from the token. */
  readonly caller: string;
}
