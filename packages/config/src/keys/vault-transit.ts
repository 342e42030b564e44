import { ConfigurationError, type KeyEncryptionKey } from '@waxseal/core';
import { importOptional } from '../import-optional';
import { type Environment, decodeUriPart } from './uri';

/**
 * Loads `vaulttransit://<mount>/<key name>`. Address, login and namespace come from the variables that the
 * services' own command lines read: `VAULT_ADDR` or `BAO_ADDR`, `VAULT_TOKEN` or `BAO_TOKEN` (or
 * `VAULT_ROLE_ID` and `VAULT_SECRET_ID`), and `VAULT_NAMESPACE` or `BAO_NAMESPACE`.
 *
 * @throws ConfigurationError when the URI is malformed, a variable is missing or the package is
 */
export async function vaultTransitKeyFromUri(uri: URL, environment: Environment): Promise<KeyEncryptionKey> {
  const mount = decodeUriPart(uri, uri.host);
  const keyName = decodeUriPart(uri, uri.pathname.slice(1));
  if (mount === '' || keyName === '' || uri.search !== '' || uri.hash !== '') {
    throw new ConfigurationError(
      `The key URI ${JSON.stringify(uri.href)} must be vaulttransit://<mount>/<key name>, as in vaulttransit://transit/orders.`,
    );
  }
  const address = environment['VAULT_ADDR'] ?? environment['BAO_ADDR'];
  if (!address)
    throw new ConfigurationError('Keys of vaulttransit:// need VAULT_ADDR, the address of the server.');
  const namespace = environment['VAULT_NAMESPACE'] ?? environment['BAO_NAMESPACE'];
  const { VaultTransitKey } = await importOptional(
    'A key of vaulttransit://',
    ['@waxseal/vault-transit'],
    () => import('@waxseal/vault-transit'),
  );
  return new VaultTransitKey({
    address,
    mount,
    keyName,
    auth: authFrom(environment),
    ...(namespace ? { namespace } : {}),
  });
}

function authFrom(
  environment: Environment,
): { token: string } | { appRole: { roleId: string; secretId: string } } {
  const token = environment['VAULT_TOKEN'] ?? environment['BAO_TOKEN'];
  if (token) return { token };
  const { VAULT_ROLE_ID: roleId, VAULT_SECRET_ID: secretId } = environment;
  if (roleId && secretId) return { appRole: { roleId, secretId } };
  throw new ConfigurationError(
    'Keys of vaulttransit:// need a login: set VAULT_TOKEN, or VAULT_ROLE_ID and VAULT_SECRET_ID.',
  );
}
