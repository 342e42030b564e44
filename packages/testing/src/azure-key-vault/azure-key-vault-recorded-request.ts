import type { AzureKeyVaultOperation } from './azure-key-vault-operation';

/** One request with a good token that reached the double, without what is secret in it. */
export interface AzureKeyVaultRecordedRequest {
  readonly operation: AzureKeyVaultOperation;
  readonly apiVersion: string;
  readonly keyName: string;
  /** As the URL names it; `undefined` for the current version. */
  readonly version: string | undefined;
  /** Of a wrap or unwrap. */
  readonly algorithm: string | undefined;
  /** Object ID of the caller, from the token. */
  readonly caller: string;
}
