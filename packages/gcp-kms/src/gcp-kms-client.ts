import type { GcpCallInterceptor } from './end-call-on-abort';

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

/** The members of `CryptoKey` that are used. */
export interface GcpCryptoKey {
  readonly name?: string | null | undefined;
  readonly purpose?: string | number | null | undefined;
  readonly primary?:
    | {
        readonly name?: string | null | undefined;
        readonly state?: string | number | null | undefined;
        readonly algorithm?: string | number | null | undefined;
        readonly protectionLevel?: string | number | null | undefined;
      }
    | null
    | undefined;
  readonly rotationPeriod?: { readonly seconds?: unknown } | null | undefined;
  readonly nextRotationTime?: { readonly seconds?: unknown } | null | undefined;
}

/** The part of a `KeyManagementServiceClient` that is used: versions 5 and 6 of `@google-cloud/kms` have it. */
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
  testIamPermissions(
    request: { resource: string; permissions: string[] },
    options: GcpCallOptions,
  ): Promise<readonly [{ readonly permissions?: readonly string[] | null | undefined }, ...unknown[]]>;
  /** Loads the credentials. */
  initialize(): Promise<unknown>;
  /** What `initialize` keeps. */
  keyManagementServiceStub?: Promise<unknown>;
  /** Knows the caller's service account. */
  readonly auth: {
    getCredentials(): Promise<{ readonly client_email?: string | undefined }>;
  };
}
