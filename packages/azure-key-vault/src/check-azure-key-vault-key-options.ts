import type { CryptographyClientOptions } from '@azure/keyvault-keys';
import {
  assertKeyId,
  assertKnownOptions,
  ConfigurationError,
  keyRequestLimits,
  type KeyRequestLimits,
} from '@waxseal/core';

import type { AzureKeyVaultKeyOptions, AzureTokenCredential } from './azure-key-vault-key-options';
import { parseKeyVaultKeyReference, type KeyVaultKeyReference } from './key-vault-key-reference';

/** {@link AzureKeyVaultKeyOptions}, checked and copied. */
export interface CheckedAzureKeyVaultKeyOptions {
  readonly credential: AzureTokenCredential;
  readonly reference: KeyVaultKeyReference;
  readonly algorithm: 'RSA-OAEP-256' | 'A256KW';
  readonly wrapLocally: boolean;
  readonly clientOptions: CryptographyClientOptions;
  /** What stands before the version in recorded key IDs. */
  readonly name: string;
  readonly limits: KeyRequestLimits;
}

const OPTIONS: ReadonlySet<string> = new Set([
  'credential',
  'keyId',
  'algorithm',
  'wrapLocally',
  'clientOptions',
  'id',
  'request',
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
    limits: keyRequestLimits(options.request, 'AzureKeyVaultKey'),
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
  // A retry within an attempt would multiply the attempts, and a redirect could carry a data key to another address.
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
