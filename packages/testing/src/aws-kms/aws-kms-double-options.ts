/** Options of `startAwsKmsDouble`. */
export interface AwsKmsDoubleOptions {
  /**
   * Regions that exist. A client is in the region that it signs for.
   *
   * @default ['eu-west-1', 'us-east-1']
   */
  readonly regions?: readonly string[];
  /**
   * The account that owns every key.
   *
   * @default '111122223333'
   */
  readonly account?: string;
  /**
   * Partition of the ARNs.
   *
   * @default 'aws'
   */
  readonly partition?: string;
}
