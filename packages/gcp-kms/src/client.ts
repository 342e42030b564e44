import { explainCredentials } from './credential-errors';
import { endSilentMetadataRequests, endSilentRequests } from './token-requests';

/** Bytes in an answer: over gRPC always bytes; text is base64, where the client speaks REST. */
export type GcpBytes = Uint8Array | string | null | undefined;

/** A number of 64 bits in an answer: text, a number or a `Long`. */
export type GcpChecksum =
  { readonly value?: number | string | { toString(): string } | null | undefined } | null | undefined;

/** What is given with each request: the part of `CallOptions` of `google-gax` that is used. */
export interface GcpCallOptions {
  /** Milliseconds. */
  timeout: number;
  /** No retries by the client. */
  retry: null;
  otherArgs: { options: { interceptors: GcpCallInterceptor[] } };
}

/** The members of `EncryptResponse` that are used. */
export interface GcpEncryptAnswer {
  readonly name?: string | null | undefined;
  readonly ciphertext?: GcpBytes;
  readonly ciphertextCrc32c?: GcpChecksum;
  readonly verifiedPlaintextCrc32c?: boolean | null | undefined;
  readonly verifiedAdditionalAuthenticatedDataCrc32c?: boolean | null | undefined;
}

/** The members of `DecryptResponse` that are used. */
export interface GcpDecryptAnswer {
  readonly plaintext?: GcpBytes;
  readonly plaintextCrc32c?: GcpChecksum;
}

/** `google.protobuf.Timestamp`, whose seconds are text, a number or a `Long`. */
export type GcpTimestamp = { readonly seconds?: unknown } | null | undefined;

/** The members of `CryptoKeyVersion` that are used. */
export interface GcpCryptoKeyVersion {
  readonly name?: string | null | undefined;
  readonly state?: string | number | null | undefined;
  readonly algorithm?: string | number | null | undefined;
  readonly protectionLevel?: string | number | null | undefined;
  readonly createTime?: GcpTimestamp;
  readonly destroyTime?: GcpTimestamp;
}

/** The members of `CryptoKey` that are used. */
export interface GcpCryptoKey {
  readonly name?: string | null | undefined;
  readonly purpose?: string | number | null | undefined;
  readonly primary?: GcpCryptoKeyVersion | null | undefined;
  readonly createTime?: GcpTimestamp;
  readonly rotationPeriod?: GcpTimestamp;
  readonly nextRotationTime?: GcpTimestamp;
}

/**
 * The part of a `KeyManagementServiceClient` that is used: versions 5 and 6 of `@google-cloud/kms` have it.
 */
export interface GcpKmsClient {
  encrypt(
    request: {
      name: string;
      plaintext: Uint8Array;
      plaintextCrc32c: { value: number };
      additionalAuthenticatedData: Uint8Array;
      additionalAuthenticatedDataCrc32c: { value: number };
    },
    options: GcpCallOptions,
  ): Promise<readonly [GcpEncryptAnswer, ...unknown[]]>;
  decrypt(
    request: {
      name: string;
      ciphertext: Uint8Array;
      ciphertextCrc32c: { value: number };
      additionalAuthenticatedData: Uint8Array;
      additionalAuthenticatedDataCrc32c: { value: number };
    },
    options: GcpCallOptions,
  ): Promise<readonly [GcpDecryptAnswer, ...unknown[]]>;
  getCryptoKey(
    request: { name: string },
    options: GcpCallOptions,
  ): Promise<readonly [GcpCryptoKey, ...unknown[]]>;
  /** Of use to tell a key's versions. */
  listCryptoKeyVersions?(
    request: { parent: string; pageSize: number },
    options: GcpCallOptions & { autoPaginate: false },
  ): Promise<readonly [readonly GcpCryptoKeyVersion[], ...unknown[]]>;
  testIamPermissions(
    request: { resource: string; permissions: string[] },
    options: GcpCallOptions,
  ): Promise<readonly [{ readonly permissions?: readonly string[] | null | undefined }, ...unknown[]]>;
  /** Loads the credentials. */
  initialize(): Promise<unknown>;
  /** What `initialize` keeps. */
  keyManagementServiceStub?: Promise<unknown>;
  /** Ends its connections. */
  close?(): Promise<unknown>;
  /** Knows the caller's service account, and its tokens. */
  readonly auth: {
    getCredentials(): Promise<{ readonly client_email?: string | undefined }>;
    getClient?(): Promise<unknown>;
  };
}

/** The part of a gRPC call that is used. */
interface GrpcCall {
  cancelWithStatus(status: number, details: string): void;
}

/** An interceptor of `@grpc/grpc-js`, for one call. */
type GcpCallInterceptor = (options: never, nextCall: (options: never) => GrpcCall) => never;

const CANCELLED = 1;

/**
 * An interceptor that ends the gRPC call when the signal is aborted, so that neither side works on it any
 * longer. The promises that the client's methods return cannot be cancelled.
 */
export function endCallOnAbort(signal: AbortSignal): GcpCallInterceptor {
  return (options, nextCall) => {
    const call = nextCall(options);
    const end = (): void => {
      call.cancelWithStatus(CANCELLED, 'The caller gave the request up.');
    };
    // A call that was ended already takes no notice.
    if (signal.aborted) queueMicrotask(end);
    else signal.addEventListener('abort', end, { once: true });
    return call as never;
  };
}

/**
 * Loads the client's credentials and a token for them, before a method of the client does: where that fails,
 * the methods leave a rejected promise behind that nobody handles, which ends the process, and a connection
 * that cannot be made would hide it. The client keeps a failure for good; it is made to forget it, so that
 * the next attempt can succeed.
 *
 * @throws KeyServiceAnswerError that says what is missing
 */
export async function initializeClient(client: GcpKmsClient): Promise<void> {
  endSilentMetadataRequests();
  const initialized = client.initialize();
  const kept = client.keyManagementServiceStub;
  try {
    await initialized;
  } catch (error) {
    if (client.keyManagementServiceStub === kept) delete client.keyManagementServiceStub;
    throw explainCredentials(error, 'could not load its credentials');
  }
  try {
    await loadToken(client);
  } catch (error) {
    throw explainCredentials(error, 'could not get an access token');
  }
}

/** The part of an `AuthClient` of `google-auth-library` that is used to ask for tokens. */
interface TokenSource {
  getRequestHeaders?(): Promise<unknown>;
  readonly transporter?: unknown;
  /** Of impersonated credentials: whose token the first one is asked with. */
  readonly sourceClient?: { readonly transporter?: unknown };
}

/** Asks for a token, where there is none that is good, and where the client sends one. */
async function loadToken(client: GcpKmsClient): Promise<void> {
  const { _opts: options } = client as { readonly _opts?: Readonly<Record<string, unknown>> };
  if (options === undefined || options['sslCreds'] !== undefined) return;
  const source = (await client.auth.getClient?.()) as TokenSource | undefined;
  // By credentials that the application has given it may ask for more than tokens.
  if (options['auth'] === undefined && options['authClient'] === undefined) {
    endSilentRequests(source?.transporter);
    endSilentRequests(source?.sourceClient?.transporter);
  }
  await source?.getRequestHeaders?.();
}
