/** What AWS KMS says of a key, as `DescribeKey` answers. */
export interface AwsKmsKeyDescription {
  readonly keyArn: string;
  /** `Enabled`, `Disabled`, `PendingDeletion` and so on. */
  readonly keyState: string;
  readonly multiRegion: boolean;
  /** The generation of key material that wraps now; each wrapped key holds inside which one wrapped it. */
  readonly currentKeyMaterialId: string | undefined;
}
