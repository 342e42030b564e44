import type { ServerUnaryCall } from '@grpc/grpc-js';

/** What the requests that are answered can have; all but the secrets. */
export interface GcpRequestShape {
  readonly name?: string;
  readonly resource?: string;
  readonly parent?: string;
  readonly permissions?: readonly string[];
  readonly additionalAuthenticatedData?: Uint8Array;
}

/** What is kept of a request. It learns later whether the caller gave it up. */
export function recordGcpRequest(
  method: string,
  caller: string | undefined,
  call: ServerUnaryCall<GcpRequestShape, unknown>,
): GcpKmsRecordedRequest {
  const { request } = call;
  const record = {
    method,
    name: request.name ?? request.resource ?? request.parent ?? '',
    caller,
    additionalAuthenticatedData: Uint8Array.from(request.additionalAuthenticatedData ?? []),
    checksums: Object.entries(request)
      .filter(([field, value]) => field.endsWith('Crc32c') && value !== null)
      .map(([field]) => field),
    permissions: [...(request.permissions ?? [])],
    deadlineMs: Number(call.getDeadline()) - Date.now(),
    cancelled: false,
  };
  call.on('cancelled', () => {
    record.cancelled = true;
  });
  return record;
}

/** One request that reached the double, without what is secret in it. */
export interface GcpKmsRecordedRequest {
  /** Name of a method of the service, such as `Encrypt` or `TestIamPermissions`. */
  readonly method: string;
  /** The resource that the request names. */
  readonly name: string;
  /** The service account that signed the token; `undefined` without TLS. */
  readonly caller: string | undefined;
  /** `additional_authenticated_data`, which is no secret; empty where there is none. */
  readonly additionalAuthenticatedData: Uint8Array;
  /** The checksums that came with the request. */
  readonly checksums: readonly string[];
  /** The permissions of `TestIamPermissions`. */
  readonly permissions: readonly string[];
  /** Milliseconds that the caller waits at most; `Infinity` where it gave no deadline. */
  readonly deadlineMs: number;
  /** Whether the caller gave the request up before it was answered. */
  readonly cancelled: boolean;
}

/** `google.protobuf.Int64Value`, as `@grpc/proto-loader` gives it. */
export interface Int64Value {
  readonly value: string;
}

/** `google.cloud.kms.v1.EncryptRequest`. */
export interface GcpEncryptRequest {
  readonly name: string;
  readonly plaintext: Buffer;
  readonly additionalAuthenticatedData: Buffer;
  readonly plaintextCrc32c: Int64Value | null;
  readonly additionalAuthenticatedDataCrc32c: Int64Value | null;
}

/** `google.cloud.kms.v1.DecryptRequest`. */
export interface GcpDecryptRequest {
  readonly name: string;
  readonly ciphertext: Buffer;
  readonly additionalAuthenticatedData: Buffer;
  readonly ciphertextCrc32c: Int64Value | null;
  readonly additionalAuthenticatedDataCrc32c: Int64Value | null;
}

/** `google.cloud.kms.v1.GetCryptoKeyRequest` and `GetCryptoKeyVersionRequest`. */
export interface GcpGetRequest {
  readonly name: string;
}

/** `google.cloud.kms.v1.ListCryptoKeyVersionsRequest`, what is used of it. */
export interface GcpListRequest {
  readonly parent: string;
  readonly pageSize: number;
  readonly pageToken: string;
}

/** `google.iam.v1.TestIamPermissionsRequest`. */
export interface GcpTestIamPermissionsRequest {
  readonly resource: string;
  readonly permissions: readonly string[];
}

/** A right that the double knows of, by its name in IAM. */
export type GcpKmsPermission =
  | 'cloudkms.cryptoKeyVersions.useToEncrypt'
  | 'cloudkms.cryptoKeyVersions.useToDecrypt'
  | 'cloudkms.cryptoKeys.get'
  | 'cloudkms.cryptoKeyVersions.get'
  | 'cloudkms.cryptoKeyVersions.list';
