import type * as grpc from '@grpc/grpc-js';
import {
  Metadata,
  Server,
  ServerCredentials,
  type sendUnaryData,
  type ServerUnaryCall,
  type ServiceDefinition,
} from '@grpc/grpc-js';
import { loopbackCertificate, type LoopbackCertificate } from '../loopback';
import { Denials, Script } from '../script';
import { GCP_ANSWERS, type GcpAnswer, assertRouted } from './answer';
import { GcpFault } from './fault';
import { type GcpKmsBehaviour, GrpcFront, loadGcpApi, type GcpApi, passBytes, statusOfFault } from './grpc';
import { GcpKmsDoubleKey, type GcpKmsPurpose } from './key';
import {
  type GcpKmsPermission,
  type GcpKmsRecordedRequest,
  recordGcpRequest,
  type GcpRequestShape,
} from './request';
import { type GcpServiceAccount, GcpServiceAccounts } from './service-accounts';

/** A running double of Google Cloud KMS. Made by `startGcpKmsDouble`. */
export class GcpKmsDouble {
  /** Milliseconds that every answer waits. May be set. */
  latencyMs = 0;
  /**
   * Milliseconds by which the double's clock is ahead of this machine's, where it looks at tokens. May be
   * set.
   */
  clockOffsetMs = 0;
  /** All requests so far, oldest first. */
  readonly requests: GcpKmsRecordedRequest[] = [];

  readonly #project: string;
  readonly #api: GcpApi;
  readonly #certificate: LoopbackCertificate | undefined;
  readonly #accounts: GcpServiceAccounts;
  readonly #server = new Server();
  readonly #front: GrpcFront;
  readonly #keys: GcpKmsDoubleKey[] = [];
  readonly #denials = new Denials<GcpKmsPermission>();
  readonly #next = new Script<GcpKmsBehaviour>();
  readonly #waiting = new Set<NodeJS.Timeout>();
  #account: Promise<GcpServiceAccount> | undefined;

  private constructor(project: string, api: GcpApi, certificate: LoopbackCertificate | undefined) {
    this.#project = project;
    this.#api = api;
    this.#certificate = certificate;
    this.#accounts = new GcpServiceAccounts(project);
    this.#add(api.keyManagementService, GCP_ANSWERS.keyManagementService);
    this.#add(api.iamPolicy, GCP_ANSWERS.iamPolicy);
    const credentials =
      certificate === undefined
        ? ServerCredentials.createInsecure()
        : ServerCredentials.createSsl(null, [
            {
              private_key: Buffer.from(certificate.privateKey),
              cert_chain: Buffer.from(certificate.certificate),
            },
          ]);
    const injector = this.#server.createConnectionInjector(credentials);
    this.#front = new GrpcFront((socket) => {
      injector.injectConnection(socket);
    });
  }

  /** Use `startGcpKmsDouble`. */
  static async start(options: GcpKmsDoubleOptions): Promise<GcpKmsDouble> {
    const certificate = options.tls === true ? await loopbackCertificate() : undefined;
    const double = new GcpKmsDouble(options.project ?? 'test-project', loadGcpApi(), certificate);
    await double.#front.listen();
    return double;
  }

  /** `127.0.0.1:<port>`. */
  get endpoint(): string {
    return `127.0.0.1:${String(this.#front.port)}`;
  }

  /** The certificate of the double, in PEM, for clients to trust; `undefined` without TLS. */
  get caCertificate(): string | undefined {
    return this.#certificate?.certificate;
  }

  /** The keys, oldest first. */
  get keys(): readonly GcpKmsDoubleKey[] {
    return this.#keys;
  }

  /**
   * What `new KeyManagementServiceClient(…)` needs to speak to the double. With TLS, it sends a token of
   * `serviceAccount()`.
   */
  async clientOptions(): Promise<GcpKmsClientOptions> {
    const credentials = await this.serviceAccount();
    const { clientGrpc } = this.#api;
    const to = { servicePath: '127.0.0.1', port: this.#front.port, projectId: this.#project, credentials };
    if (this.#certificate === undefined) return { ...to, sslCreds: clientGrpc.credentials.createInsecure() };
    const roots = Buffer.from(this.#certificate.certificate);
    const createSsl: typeof clientGrpc.credentials.createSsl = (_roots, ...own) =>
      clientGrpc.credentials.createSsl(roots, ...own);
    return {
      ...to,
      grpc: { ...clientGrpc, credentials: { ...clientGrpc.credentials, createSsl } },
      'grpc.ssl_target_name_override': 'localhost',
    };
  }

  /**
   * The service account whose tokens the double takes, the same each time. Its key is made by the first call.
   */
  serviceAccount(): Promise<GcpServiceAccount> {
    this.#account ??= this.#accounts.create('worker');
    return this.#account;
  }

  /**
   * A new access token that the double takes, as the metadata server or an OAuth 2.0 endpoint would give it.
   */
  issueAccessToken(): string {
    return this.#accounts.issueToken();
  }

  /** Answers `UNAUTHENTICATED` to every access token that was issued so far. */
  revokeAccessTokens(): void {
    this.#accounts.revokeTokens();
  }

  /**
   * The resource name of a key, whether it is there or not.
   *
   * @param key the last part of the name
   */
  keyName(key: string, keyRing = 'waxseal', location = 'europe-west1'): string {
    return `projects/${this.#project}/locations/${location}/keyRings/${keyRing}/cryptoKeys/${key}`;
  }

  /**
   * Makes a key with one enabled version, as `CreateCryptoKey`.
   *
   * @param options `name`, `keyRing` and `location` of the resource name; `purpose` for a key that cannot
   *   encrypt; `protectionLevel`; `rotationPeriodSeconds`, which is told and not acted on
   * @throws Error when the key is there already
   */
  createKey(
    options: {
      readonly name?: string;
      readonly keyRing?: string;
      readonly location?: string;
      readonly purpose?: GcpKmsPurpose;
      readonly protectionLevel?: 'SOFTWARE' | 'HSM';
      readonly rotationPeriodSeconds?: number;
    } = {},
  ): GcpKmsDoubleKey {
    const last = options.name ?? `key-${String(this.#keys.length + 1)}`;
    const name = this.keyName(last, options.keyRing, options.location);
    if (this.#keys.some((key) => key.name === name)) throw new Error(`There is a key ${name} already.`);
    const key = new GcpKmsDoubleKey({
      name,
      purpose: options.purpose ?? 'ENCRYPT_DECRYPT',
      protectionLevel: options.protectionLevel ?? 'SOFTWARE',
      rotationPeriodSeconds: options.rotationPeriodSeconds,
    });
    this.#keys.push(key);
    return key;
  }

  /**
   * Answers `PERMISSION_DENIED` where that right is needed, on these keys or on any, until
   * {@link GcpKmsDouble.allow}.
   */
  deny(permission: GcpKmsPermission, ...keys: readonly GcpKmsDoubleKey[]): void {
    this.#denials.deny(
      permission,
      keys.map(({ name }) => name),
    );
  }

  /** Takes back {@link GcpKmsDouble.deny}. */
  allow(permission: GcpKmsPermission): void {
    this.#denials.allow(permission);
  }

  /** Does this with the next `times` requests, after what was scripted before. */
  next(behaviour: GcpKmsBehaviour, times = 1): void {
    this.#next.add(behaviour, times);
  }

  /**
   * Forgets what {@link GcpKmsDouble.next}, {@link GcpKmsDouble.deny}, `latencyMs` and `clockOffsetMs`
   * scripted, and the requests.
   */
  reset(): void {
    this.#next.clear();
    this.#denials.clear();
    this.latencyMs = 0;
    this.clockOffsetMs = 0;
    this.requests.length = 0;
  }

  /** Cuts all connections and stops. */
  async close(): Promise<void> {
    for (const timer of this.#waiting) clearTimeout(timer);
    this.#server.forceShutdown();
    await this.#front.close();
  }

  #add(service: ServiceDefinition, answers: Readonly<Record<string, GcpAnswer>>): void {
    const handlers = Object.entries(answers).map(([method, answer]) => [
      method,
      (call: ServerUnaryCall<GcpRequestShape, unknown>, callback: sendUnaryData<unknown>) => {
        this.#serve(method, answer, call, callback);
      },
    ]);
    this.#server.addService(passBytes(service), Object.fromEntries(handlers) as Record<string, never>);
  }

  #serve(
    method: string,
    answer: GcpAnswer,
    call: ServerUnaryCall<GcpRequestShape, unknown>,
    callback: sendUnaryData<unknown>,
  ): void {
    const scripted = this.#next.take();
    let error: GcpFault | undefined;
    let message: unknown;
    try {
      message = this.#answer(method, answer, call, scripted);
      if (scripted !== undefined && 'edit' in scripted) {
        message = scripted.edit(message as Record<string, unknown>);
      }
    } catch (thrown) {
      if (!(thrown instanceof GcpFault)) throw thrown;
      error = thrown;
    }
    if (scripted !== undefined && 'hang' in scripted) return;
    const timer = setTimeout(() => {
      this.#waiting.delete(timer);
      // From here on it is the double that ends the call.
      call.removeAllListeners('cancelled');
      if (scripted !== undefined && 'cut' in scripted) {
        call.sendMetadata(new Metadata());
        setTimeout(() => {
          this.#front.cut(call.getPeer());
        }, 5);
      } else if (error === undefined) {
        callback(null, message);
      } else {
        callback(statusOfFault(error, this.#api));
      }
    }, this.latencyMs);
    this.#waiting.add(timer);
  }

  #answer(
    method: string,
    answer: GcpAnswer,
    call: ServerUnaryCall<GcpRequestShape, unknown>,
    scripted: GcpKmsBehaviour | undefined,
  ): unknown {
    const [authorization] = call.metadata.get('authorization');
    const caller =
      this.#certificate === undefined
        ? undefined
        : this.#accounts.authenticate(
            authorization === undefined ? undefined : String(authorization),
            Date.now() + this.clockOffsetMs,
          );
    assertRouted(call.metadata, call.request);
    this.requests.push(recordGcpRequest(method, caller, call));
    // A scripted error stands for what goes wrong before the service looks at the key.
    if (scripted !== undefined && 'error' in scripted) {
      const { error, reason, message = `Scripted: ${error}.` } = scripted;
      const value = { reason, domain: 'cloudkms.googleapis.com', metadata: {} };
      throw new GcpFault(error, message, reason === undefined ? [] : [{ type: 'ErrorInfo', value }]);
    }
    if (scripted !== undefined && 'bytes' in scripted) return scripted.bytes;
    return answer(call.request as never, {
      keys: this.#keys,
      isAllowed: (permission, key) => !this.#denials.isDenied(permission, key.name),
    });
  }
}

/** Options of `startGcpKmsDouble`. */
export interface GcpKmsDoubleOptions {
  /**
   * Whether to speak gRPC over TLS, with a certificate of its own, and to ask every caller for a token.
   * Without it, gRPC is plain and callers are not told apart.
   *
   * @default false
   */
  readonly tls?: boolean;
  /**
   * The project that owns every key.
   *
   * @default 'test-project'
   */
  readonly project?: string;
}

/**
 * Starts a double of Google Cloud KMS on a free port of the loopback interface: a strict gRPC server made
 * from the service's public API definition, with real AES-GCM and all keys in memory. Needs
 * `@google-cloud/kms`. Close it when the tests end.
 *
 * @example
 * const kms = await startGcpKmsDouble();
 * const key = kms.createKey();
 * const client = new KeyManagementServiceClient(await kms.clientOptions());
 * @throws Error when `@google-cloud/kms` is not installed
 */
export async function startGcpKmsDouble(options: GcpKmsDoubleOptions = {}): Promise<GcpKmsDouble> {
  return GcpKmsDouble.start(options);
}

/** What `new KeyManagementServiceClient(…)` needs to speak to the double. */
export type GcpKmsClientOptions = {
  readonly servicePath: string;
  readonly port: number;
  readonly projectId: string;
  /** A service account that the double knows; without TLS its token is not sent. */
  readonly credentials: GcpServiceAccount;
  /** Without TLS: no TLS and no token. */
  readonly sslCreds?: grpc.ChannelCredentials;
  /** With TLS: the client's own gRPC library, whose trusted certificates are the double's. */
  readonly grpc?: typeof grpc;
  /** With TLS: the name in the certificate. */
  readonly 'grpc.ssl_target_name_override'?: string;
};
