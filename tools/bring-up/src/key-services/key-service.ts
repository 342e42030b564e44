/**
 * A running key service with one key, and how a program of its own process is told of it: by environment
 * variables alone.
 */
export interface KeyService {
  /** URI of the key, for `WAXSEAL_PRIMARY_KEY`. */
  readonly keyUri: string;
  /** What the provider's SDK reads: address, credentials, certificates. */
  readonly environment: Readonly<Record<string, string>>;
  /** Texts of `environment` that nobody may print. */
  readonly secrets: readonly string[];
  /** Makes the service unreachable, and removes its files. */
  stop(): Promise<void>;
}
