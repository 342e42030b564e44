import type { CryptographyClientOptions, KeyClient } from '@azure/keyvault-keys';
import { type KeyId, assertKeyId, assertKnownOptions, ConfigurationError } from '@waxseal/core/provider';
import { parseKeyVaultKeyReference, type KeyVaultKeyReference } from './key-name';

/** A `TokenCredential` of the Azure SDK: any credential of `@azure/identity` is one. */
export type AzureTokenCredential = ConstructorParameters<typeof KeyClient>[1];

/** Options of an `AzureKeyVaultKey`. */
export interface AzureKeyVaultKeyOptions {
  /** Who asks: `new DefaultAzureCredential()`, `new ManagedIdentityCredential()` and so on. */
  readonly credential: AzureTokenCredential;
  /**
   * The key's URL, `https://<vault>.vault.azure.net/keys/<name>` or
   * `https://<hsm>.managedhsm.azure.net/keys/<name>`. Without a version the current one wraps and every one
   * opens; with a version (32 hexadecimal digits) only that one does either.
   */
  readonly keyId: string;
  /**
   * `RSA-OAEP-256` for an RSA key, `A256KW` for a 256-bit oct-HSM key of a Managed HSM.
   *
   * @default 'RSA-OAEP-256'
   */
  readonly algorithm?: 'RSA-OAEP-256' | 'A256KW' | undefined;
  /**
   * Wraps in this process with the public key, which is asked for once and refreshed in the background:
   * encoding makes no request. Takes the right to read the key, sees a new version up to an hour late, and
   * does not see a right taken away or a key disabled before that; unwrapping always does. Only for
   * `RSA-OAEP-256`.
   *
   * @default false
   */
  readonly wrapLocally?: boolean | undefined;
  /**
   * Options of the SDK's clients: proxy, TLS, `disableChallengeResourceVerification`, `serviceVersion`.
   * Retries and redirects are off unless they are given here: the keyring's `requests` say how often the
   * service is asked.
   */
  readonly clientOptions?: CryptographyClientOptions | undefined;
  /** Name that is recorded in payloads instead of the key's URL, with the version after it. */
  readonly id?: KeyId | undefined;
}

/** {@link AzureKeyVaultKeyOptions}, checked and copied. */
export interface CheckedAzureKeyVaultKeyOptions {
  readonly credential: AzureTokenCredential;
  readonly reference: KeyVaultKeyReference;
  readonly algorithm: 'RSA-OAEP-256' | 'A256KW';
  readonly wrapLocally: boolean;
  readonly clientOptions: CryptographyClientOptions;
  /** What stands before the version in recorded key IDs. */
  readonly name: string;
}

const OPTIONS: ReadonlySet<string> = new Set([
  'credential',
  'keyId',
  'algorithm',
  'wrapLocally',
  'clientOptions',
  'id',
]);

/** @throws ConfigurationError that names the field */
export function checkAzureKeyVaultKeyOptions(
  options: AzureKeyVaultKeyOptions,
): CheckedAzureKeyVaultKeyOptions {
  // Callers from JavaScript can hand over anything.
  const given: Readonly<Record<string, unknown>> = { ...(options as AzureKeyVaultKeyOptions | undefined) };
  assertKnownOptions(given, OPTIONS, (name) => `AzureKeyVaultKey: ${JSON.stringify(name)}`);
  const credential = given['credential'] as Partial<AzureTokenCredential> | null | undefined;
  if (typeof credential?.getToken !== 'function') {
    throw new ConfigurationError(
      'AzureKeyVaultKey: credential must be a TokenCredential, such as new DefaultAzureCredential() of @azure/identity.',
    );
  }
  const reference = parseKeyVaultKeyReference(given['keyId']);
  if (reference === undefined) {
    throw new ConfigurationError(
      'AzureKeyVaultKey: keyId must be the URL of a key, https://<vault>.vault.azure.net/keys/<name>, with or without /<version> (32 hexadecimal digits in lower case).',
    );
  }
  const algorithm = given['algorithm'] === undefined ? 'RSA-OAEP-256' : given['algorithm'];
  if (algorithm !== 'RSA-OAEP-256' && algorithm !== 'A256KW') {
    throw new ConfigurationError('AzureKeyVaultKey: algorithm must be RSA-OAEP-256 or A256KW.');
  }
  return {
    credential: credential as AzureTokenCredential,
    reference,
    algorithm,
    wrapLocally: checkWrapLocally(given['wrapLocally'], algorithm),
    clientOptions: checkClientOptions(given['clientOptions']),
    name: checkName(given['id'], reference),
  };
}

function checkWrapLocally(value: unknown, algorithm: string): boolean {
  if (value !== undefined && typeof value !== 'boolean') {
    throw new ConfigurationError('AzureKeyVaultKey: wrapLocally must be true or false.');
  }
  if (value === true && algorithm !== 'RSA-OAEP-256') {
    throw new ConfigurationError(
      `AzureKeyVaultKey: wrapLocally needs a public key, which ${algorithm} has not. Leave it out.`,
    );
  }
  return value ?? false;
}

function checkClientOptions(value: unknown): CryptographyClientOptions {
  if (value !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value))) {
    throw new ConfigurationError(
      'AzureKeyVaultKey: clientOptions must be an object, as CryptographyClient takes it.',
    );
  }
  // A retry within an attempt would multiply the attempts, and a redirect could carry a data key to another
  // address.
  return { retryOptions: { maxRetries: 0 }, redirectOptions: { maxRetries: 0 }, ...value };
}

function checkName(id: unknown, { url, version }: KeyVaultKeyReference): string {
  if (id === undefined) return url;
  assertKeyId(id, 'AzureKeyVaultKey: id');
  assertKeyId(
    `${id}/${version ?? '0'.repeat(32)}`,
    'AzureKeyVaultKey: id with a slash and a version of 32 digits',
  );
  return id;
}
