import { ConfigurationError, type KeyEncryptionKey } from '@waxseal/core';
import { importOptional } from '../import-optional';
import { decodeUriPart } from './uri';

const PARAMETERS: ReadonlySet<string> = new Set(['algorithm', 'wrapLocally', 'privateCloud']);

/**
 * Loads `azurekeyvault://<vault host>/keys/<name>[/<version>]`, with `?algorithm=A256KW` for a Managed HSM's
 * AES key, `?wrapLocally=true` to wrap with the public key, and `?privateCloud=true` for a vault and a login
 * (`AZURE_AUTHORITY_HOST`) that Microsoft's public directory does not know. Credentials come from
 * `DefaultAzureCredential` of `@azure/identity`.
 *
 * @throws ConfigurationError when the URI is malformed or the packages are missing
 */
export async function azureKeyVaultKeyFromUri(uri: URL): Promise<KeyEncryptionKey> {
  const path = decodeUriPart(uri, uri.pathname);
  const others = [...uri.searchParams.keys()].filter((name) => !PARAMETERS.has(name));
  if (uri.host === '' || !path.startsWith('/keys/') || uri.hash !== '' || others.length > 0) {
    throw new ConfigurationError(
      `The key URI ${JSON.stringify(uri.href)} must be azurekeyvault://<vault host>/keys/<name>[/<version>], with ?algorithm=…, ?wrapLocally=true or ?privateCloud=true where they are needed.`,
    );
  }
  const algorithm = uri.searchParams.get('algorithm');
  const isPrivate = isOn(uri, 'privateCloud');
  const [{ AzureKeyVaultKey }, { DefaultAzureCredential }] = await importOptional(
    'A key of azurekeyvault://',
    ['@waxseal/azure-key-vault', '@azure/keyvault-keys', '@azure/identity'],
    () => Promise.all([import('@waxseal/azure-key-vault'), import('@azure/identity')]),
  );
  return new AzureKeyVaultKey({
    credential: new DefaultAzureCredential({ disableInstanceDiscovery: isPrivate }),
    keyId: `https://${uri.host}${path}`,
    // AzureKeyVaultKey checks what it is given.
    ...(algorithm === null ? {} : { algorithm: algorithm as 'A256KW' }),
    wrapLocally: isOn(uri, 'wrapLocally'),
    clientOptions: { disableChallengeResourceVerification: isPrivate },
  });
}

function isOn(uri: URL, name: string): boolean {
  const value = uri.searchParams.get(name) ?? 'false';
  if (value === 'true' || value === 'false') return value === 'true';
  throw new ConfigurationError(`The key URI ${JSON.stringify(uri.href)}: ${name} must be true or false.`);
}
