/** What a payload says that stands for one in external storage (`temporal.api.sdk.v1.ExternalStorageReference`). */
export interface StorageReference {
  readonly driverName: string;
  /** How the driver finds the payload, such as bucket and key. */
  readonly claimData: Readonly<Record<string, string>>;
}
