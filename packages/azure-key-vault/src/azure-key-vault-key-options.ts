import type { CryptographyClientOptions, KeyClient } from '@azure/keyvault-keys';
import type { KeyId, KeyRequestPolicy } from '@waxseal/core';

/** A `TokenCredential` of the Azure SDK: any credential of `@azure/identity` is one. */
export type AzureTokenCredential = ConstructorParameters<typeof KeyClient>[1];

/** Options of an `AzureKeyVaultKey`. */
export interface AzureKeyVaultKeyOptions {
  /** Who asks: `new DefaultAzureCredential()`, `new ManagedIdentityCredential()` and so on. */
  readonly credential: AzureTokenCredential;
  /**
   * The key's URL, `https://<vault>.vault.azure.net/keys/<name>` or `https://<hsm>.managedhsm.azure.net/keys/<name>`. Without a
   * version the current one wraps and every one opens; with a version (32 hexadecimal digits) only that one does either.
   */
  readonly keyId: string;
  /**
   * `RSA-OAEP-256` for an RSA key, `A256KW` for a 256-bit oct-HSM key of a Managed HSM.
   *
   * @default 'RSA-OAEP-256'
   */
  readonly algorithm?: 'RSA-OAEP-256' | 'A256KW' | undefined;
  /**
   * Wraps in this process with the public key, which is asked for once and refreshed in the background: encoding makes no
   * request. Takes the right to read the key, sees a new version up to an hour late, and does not see a right taken away or a key
   * disabled before that; unwrapping always does. Only for `RSA-OAEP-256`.
   *
   * @default false
   */
  readonly wrapLocally?: boolean | undefined;
  /**
   * Options of the SDK's clients: proxy, TLS, `disableChallengeResourceVerification`, `serviceVersion`. Retries and redirects
   * are off unless they are given here: `request` says how often the service is asked.
   */
  readonly clientOptions?: CryptographyClientOptions | undefined;
  /** Name that is recorded in payloads instead of the key's URL, with the version after it. */
  readonly id?: KeyId | undefined;
  /** Deadlines and attempts of one wrap or unwrap. */
  readonly request?: KeyRequestPolicy | undefined;
}
