import { ConfigurationError, type KeyEncryptionKey } from '@waxseal/core';
import { resolveKeyUri } from '@waxseal/core/internal';
import type { Environment, KeyUriProvider } from '@waxseal/core/provider';
import { importOptional } from './import-optional';
import { suggestUri } from './suggest-uri';

/** A scheme of key URIs. Its provider is imported when a key of it is asked for. */
interface KeyScheme {
  /** What must be installed for its keys. */
  readonly packages: readonly string[];
  readonly load: () => Promise<KeyUriProvider>;
}

/** The schemes of Waxseal's own providers. */
const OWN: ReadonlyMap<string, KeyScheme> = new Map([
  [
    'local',
    {
      packages: ['@waxseal/local-key'],
      load: async () => (await import('@waxseal/local-key')).LocalKey,
    },
  ],
  [
    'awskms',
    {
      packages: ['@waxseal/aws-kms', '@aws-sdk/client-kms'],
      load: async () => (await import('@waxseal/aws-kms')).AwsKmsKey,
    },
  ],
  [
    'gcpkms',
    {
      packages: ['@waxseal/gcp-kms', '@google-cloud/kms'],
      load: async () => (await import('@waxseal/gcp-kms')).GcpKmsKey,
    },
  ],
  [
    'azurekeyvault',
    {
      packages: ['@waxseal/azure-key-vault', '@azure/keyvault-keys', '@azure/identity'],
      load: async () => (await import('@waxseal/azure-key-vault')).AzureKeyVaultKey,
    },
  ],
  [
    'vaulttransit',
    {
      packages: ['@waxseal/vault-transit'],
      load: async () => (await import('@waxseal/vault-transit')).VaultTransitKey,
    },
  ],
]);

/**
 * Providers of your own, by the scheme of their keys' URIs: `{ myhsm: MyHsmKey }` makes the keys of
 * `myhsm://…` by `MyHsmKey.fromUri`. A scheme of Waxseal's cannot be given another meaning.
 */
export type KeySchemes = Readonly<Record<string, KeyUriProvider>>;

/**
 * What must be installed for keys of a scheme: names of packages of npm.
 *
 * @param scheme of Waxseal's own providers, without a colon, such as `awskms`
 * @throws ConfigurationError when it is none of them
 */
export function packagesForKeys(scheme: string): readonly string[] {
  const found = OWN.get(scheme);
  if (found !== undefined) return found.packages;
  throw new ConfigurationError(
    `Keys of ${JSON.stringify(scheme)} are none of Waxseal's. The schemes are ${[...OWN.keys()].join(', ')}.`,
  );
}

/**
 * Loads the key that a URI names, such as `local:///etc/waxseal/keyring.json#orders`. No request is made to
 * its service.
 *
 * @param environment where `vaulttransit://` finds address and login
 * @param options `keySchemes` are known beside the schemes of Waxseal's providers
 * @throws ConfigurationError when the URI is malformed, its scheme unknown, its package missing, or the key
 *   not usable
 */
export async function keyFromUri(
  uri: string,
  environment: Environment = process.env,
  options: { readonly keySchemes?: KeySchemes | undefined } = {},
): Promise<KeyEncryptionKey> {
  const schemes = new Map([...OWN, ...checkKeySchemes(options.keySchemes)]);
  try {
    const { url, found } = resolveKeyUri(uri, schemes);
    const provider = await importOptional(`A key of ${url.protocol}//`, found.packages, found.load);
    return await provider.fromUri(url, environment);
  } catch (cause) {
    const meant = suggestUri(uri);
    if (meant === undefined || !(cause instanceof ConfigurationError)) throw cause;
    throw new ConfigurationError(`${cause.message} Is ${meant} meant?`, { cause });
  }
}

const SCHEME = /^[a-z][a-z0-9+.-]*$/;

/** @throws ConfigurationError that names the scheme which cannot be one, or has no provider */
function checkKeySchemes(keySchemes: KeySchemes = {}): readonly (readonly [string, KeyScheme])[] {
  return Object.entries(keySchemes).map(([scheme, provider]) => {
    const field = `keySchemes: ${JSON.stringify(scheme)}`;
    if (!SCHEME.test(scheme)) {
      throw new ConfigurationError(
        `${field} must be a scheme without a colon, in lower case, such as "myhsm".`,
      );
    }
    if (OWN.has(scheme)) {
      throw new ConfigurationError(`${field} is a scheme of Waxseal's. Choose another for your provider.`);
    }
    // Callers from JavaScript can hand over anything.
    if (typeof (provider as Partial<KeyUriProvider> | null | undefined)?.fromUri !== 'function') {
      throw new ConfigurationError(
        `${field} must be a class with a static fromUri(uri, environment), as KeyUriProvider of @waxseal/core/provider has it.`,
      );
    }
    return [scheme, { packages: [], load: () => Promise.resolve(provider) }];
  });
}
