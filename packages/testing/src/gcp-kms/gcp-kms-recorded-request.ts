/** One request that reached the double, without what is secret in it. */
export interface GcpKmsRecordedRequest {
  /** `Encrypt`, `Decrypt`, `GetCryptoKey`, `GetCryptoKeyVersion` or `TestIamPermissions`. */
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
