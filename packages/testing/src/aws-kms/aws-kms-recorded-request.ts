/** One request that reached the double, without what is secret in it. */
export interface AwsKmsRecordedRequest {
  readonly action: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly keyId: string | undefined;
  readonly encryptionContext: Readonly<Record<string, string>>;
  readonly encryptionAlgorithm: string;
  readonly grantTokens: readonly string[];
  readonly dryRun: boolean;
}
