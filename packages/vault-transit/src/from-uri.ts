import { ConfigurationError, parseKeyUri, type Environment, type KeyUriForm } from '@waxseal/core/provider';
import type { VaultAuth, VaultTransitKeyOptions } from './options';

const FORM: KeyUriForm = {
  scheme: 'vaulttransit',
  parameters: [],
  is: 'vaulttransit://<mount>/<key name>, as in vaulttransit://transit/orders',
};

/**
 * What `vaulttransit://<mount>/<key name>` names. Address, login and namespace come from the variables that
 * the services' own command lines read: `VAULT_ADDR` or `BAO_ADDR`, `VAULT_TOKEN` or `BAO_TOKEN` (or
 * `VAULT_ROLE_ID` and `VAULT_SECRET_ID`), and `VAULT_NAMESPACE` or `BAO_NAMESPACE`.
 *
 * @throws ConfigurationError when the URI is malformed or a variable is missing
 */
export function optionsFromUri(uri: string | URL, environment: Environment): VaultTransitKeyOptions {
  const { host: mount, path, malformed } = parseKeyUri(uri, FORM);
  const keyName = path.slice(1);
  if (mount === '' || keyName === '') throw malformed();
  const address = environment['VAULT_ADDR'] ?? environment['BAO_ADDR'];
  if (!address)
    throw new ConfigurationError('Keys of vaulttransit:// need VAULT_ADDR, the address of the server.');
  const namespace = environment['VAULT_NAMESPACE'] ?? environment['BAO_NAMESPACE'];
  return { address, mount, keyName, auth: authFrom(environment), ...(namespace ? { namespace } : {}) };
}

function authFrom(environment: Environment): VaultAuth {
  const token = environment['VAULT_TOKEN'] ?? environment['BAO_TOKEN'];
  if (token) return { token };
  const { VAULT_ROLE_ID: roleId, VAULT_SECRET_ID: secretId } = environment;
  if (roleId && secretId) return { appRole: { roleId, secretId } };
  throw new ConfigurationError(
    'Keys of vaulttransit:// need a login: set VAULT_TOKEN, or VAULT_ROLE_ID and VAULT_SECRET_ID.',
  );
}
