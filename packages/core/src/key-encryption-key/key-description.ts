/** What a key service says of a key now. Of use to a person, and to `waxseal doctor`; nothing is decided by it. */
export interface KeyDescription {
  /** The service, as its vendor writes it: `AWS KMS`. */
  readonly service: string;
  /** The service's full name of the key: an ARN, a resource name, a URL. */
  readonly name: string;
  /** The service's own word for the key's state, such as `Enabled` or `PendingDeletion`. */
  readonly state: string;
  /** Whether a key in that state wraps and unwraps. */
  readonly isUsable: boolean;
  /** The version or generation that wraps now, where the service tells. */
  readonly version: string | undefined;
  /**
   * By how many milliseconds the service's clock is ahead of this machine's, where its answers tell. Whoever signs requests, or
   * logs in with tokens, depends on it.
   */
  readonly clockAheadMs?: number | undefined;
  /** More that a person may want to know, by name: algorithm, protection level, rotation. Nothing secret. */
  readonly details: Readonly<Record<string, string>>;
}
