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

/** `google.iam.v1.TestIamPermissionsRequest`. */
export interface GcpTestIamPermissionsRequest {
  readonly resource: string;
  readonly permissions: readonly string[];
}
