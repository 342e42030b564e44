import type { KeyEncryptionKey } from '@waxseal/core';
import type { FaultProxy } from './fault-proxy';

/** The key services that faults are made with. */
export type KeyServiceName = 'AWS KMS (double)' | 'OpenBao';

/**
 * A running key service with one key, which can be taken away in all the ways in which key services go away.
 */
export interface FaultyKeyService {
  readonly name: KeyServiceName;
  /** Stands between the clients and the service. */
  readonly proxy: FaultProxy;
  /** Texts that must not be found in any log. */
  readonly secrets: readonly string[];
  /** URI of the key, for `WAXSEAL_PRIMARY_KEY`. */
  readonly keyUri: string;
  /** What a Worker in a process of its own needs to reach the service. */
  readonly environment: Readonly<Record<string, string>>;
  /** The key, as one more process has it that is configured for it. */
  newKey(): KeyEncryptionKey;
  /** Disables the key. */
  disableKey(): Promise<void>;
  /** Takes {@link disableKey} back. */
  enableKey(): Promise<void>;
  /** Takes the right to wrap and unwrap away. */
  revoke(): Promise<void>;
  /** Takes {@link revoke} back. */
  grant(): Promise<void>;
  /** Seals the service, where there is such a thing. */
  seal(): Promise<void>;
  /** Takes {@link seal} back. */
  unseal(): Promise<void>;
  stop(): Promise<void>;
}
