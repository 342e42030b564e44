import type * as Identity from '@azure/identity';
import { explainMissing, parseKeyUri, type KeyUri, type KeyUriForm } from '@waxseal/core/provider';
import type { AzureKeyVaultKeyOptions } from './options';

const FORM: KeyUriForm = {
  scheme: 'azurekeyvault',
  parameters: ['algorithm', 'wrapLocally', 'privateCloud', 'id'],
  is: 'azurekeyvault://<vault host>/keys/<name>[/<version>], with ?algorithm=…, ?wrapLocally=true or ?privateCloud=true where they are needed, and ?id=<name> for a name in payloads',
};

/**
 * What `azurekeyvault://<vault host>/keys/<name>[/<version>]` names, with `?algorithm=A256KW` for a Managed
 * HSM's AES key, `?wrapLocally=true` to wrap with the public key, and `?privateCloud=true` for a vault and a
 * login (`AZURE_AUTHORITY_HOST`) that Microsoft's public directory does not know; `?id=<name>` is recorded in
 * payloads in the place of the key's URL.
 *
 * @returns options with the `DefaultAzureCredential` of `@azure/identity`
 * @throws ConfigurationError when the URI is malformed, or `@azure/identity` is not installed
 */
export function optionsFromUri(uri: string | URL): AzureKeyVaultKeyOptions {
  const parts = parseKeyUri(uri, FORM);
  const { url, host, path, id, malformed } = parts;
  if (host === '' || !path.startsWith('/keys/')) throw malformed();
  const algorithm = url.searchParams.get('algorithm');
  const isPrivate = isOn('privateCloud', parts);
  const wrapLocally = isOn('wrapLocally', parts);
  const { DefaultAzureCredential } = loadIdentity();
  return {
    credential: new DefaultAzureCredential({ disableInstanceDiscovery: isPrivate }),
    keyId: `https://${host}${path}`,
    // AzureKeyVaultKey checks what it is given.
    ...(algorithm === null ? {} : { algorithm: algorithm as 'A256KW' }),
    wrapLocally,
    id,
    clientOptions: { disableChallengeResourceVerification: isPrivate },
  };
}

function isOn(name: string, { url, malformed }: KeyUri): boolean {
  const value = url.searchParams.get(name) ?? 'false';
  if (value === 'true' || value === 'false') return value === 'true';
  throw malformed(`: ${name} must be true or false`);
}

function loadIdentity(): typeof Identity {
  try {
    // An optional package: whoever makes the key in code may have another credential.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return require('@azure/identity') as typeof Identity;
  } catch (cause) {
    throw explainMissing(cause, 'A key of azurekeyvault://', ['@azure/identity']);
  }
}
