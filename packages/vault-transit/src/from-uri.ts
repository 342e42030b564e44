import {
  ConfigurationError,
  parseKeyUri,
  type Environment,
  type KeyUri,
  type KeyUriForm,
} from '@waxseal/core/provider';
import type { VaultAuth, VaultTransitKeyOptions } from './options';
import type { VaultTlsOptions } from './tls-files';

const FORM: KeyUriForm = {
  scheme: 'vaulttransit',
  parameters: ['id'],
  is: 'vaulttransit://<mount>/<key name>, as in vaulttransit://transit/orders, or vaulttransit://<namespace>/<mount>/<key name>; a slash within a mount is written %2F; with ?id=<name> for another name in payloads',
};

/**
 * What `vaulttransit://<mount>/<key name>` names, or, as payloads record it,
 * `vaulttransit://<namespace>/<mount>/<key name>`. The rest comes from the variables that the services' own
 * command lines read, each as `BAO_…` or else `VAULT_…`: `ADDR`, `TOKEN` (or `ROLE_ID` and `SECRET_ID`),
 * `NAMESPACE`, `CACERT`, `CACERT_BYTES`, `CAPATH`, `CLIENT_CERT`, `CLIENT_KEY`, `TLS_SERVER_NAME`, and
 * `PROXY_ADDR` or `HTTP_PROXY`. An empty variable counts as unset, and line ends at the end of one are taken
 * off. `?id=` gives the name that payloads record instead.
 *
 * @throws ConfigurationError when the URI is malformed or a variable is missing or refused
 */
export function optionsFromUri(uri: string | URL, environment: Environment): VaultTransitKeyOptions {
  const parts = parseKeyUri(uri, FORM);
  const { mount, keyName, namespace } = placeOf(parts, environment);
  const address = variable(environment, 'ADDR');
  if (address === undefined)
    throw new ConfigurationError('Keys of vaulttransit:// need VAULT_ADDR, the address of the server.');
  assertVerifies(environment);
  const proxy = variable(environment, 'PROXY_ADDR') ?? variable(environment, 'HTTP_PROXY');
  const tls = tlsFrom(environment);
  return {
    address,
    mount,
    keyName,
    auth: authFrom(environment),
    ...(namespace === undefined ? {} : { namespace }),
    id: parts.id,
    ...(tls === undefined ? {} : { tls }),
    ...(proxy === undefined ? {} : { proxy }),
  };
}

/** The value of `BAO_<name>` or `VAULT_<name>`: OpenBao's command line reads both, in this order. */
function variable(environment: Environment, name: string): string | undefined {
  return ['BAO', 'VAULT']
    .map((service) => environment[`${service}_${name}`]?.replace(/[\r\n]+$/, ''))
    .find((value) => value !== undefined && value !== '');
}

/** Where the key is. */
interface Place {
  readonly mount: string;
  readonly keyName: string;
  readonly namespace: string | undefined;
}

function placeOf({ url, host, path, malformed }: KeyUri, environment: Environment): Place {
  // A slash that is written %2F separates nothing.
  const segments = [host, ...url.pathname.slice(1).split('/').map(decodeURIComponent)];
  const keyName = segments.pop() ?? '';
  if (path === '' || keyName === '' || segments.includes('')) throw malformed();
  const namespace = variable(environment, 'NAMESPACE')?.replace(/^\/+|\/+$/g, '') || undefined;
  const [mount = ''] = segments.slice(-1);
  if (segments.length === 1) return { mount, keyName, namespace };
  const inUri = segments.slice(0, -1).join('/');
  if (namespace === undefined || namespace === inUri) return { mount, keyName, namespace: inUri };
  const rest = segments.join('/');
  // A mount with slashes, behind the namespace that is set.
  if (rest.startsWith(`${namespace}/`)) {
    return { mount: rest.slice(namespace.length + 1), keyName, namespace };
  }
  const mine = `vaulttransit://${encodeURIComponent(rest)}/${keyName}`;
  throw malformed(
    ` names the namespace ${JSON.stringify(inUri)}, and VAULT_NAMESPACE is ${JSON.stringify(namespace)}. Set VAULT_NAMESPACE to the namespace of the key, or write ${mine} for a mount with a slash in VAULT_NAMESPACE`,
  );
}

function authFrom(environment: Environment): VaultAuth {
  const token = variable(environment, 'TOKEN');
  if (token !== undefined) return { token };
  const [roleId, secretId] = ['ROLE_ID', 'SECRET_ID'].map((name) => variable(environment, name));
  if (roleId !== undefined && secretId !== undefined) return { appRole: { roleId, secretId } };
  throw new ConfigurationError(
    'Keys of vaulttransit:// need a login: set VAULT_TOKEN, or VAULT_ROLE_ID and VAULT_SECRET_ID.',
  );
}

/** The variables of certificates, by the options that they are. */
const TLS_VARIABLES: Readonly<Record<keyof VaultTlsOptions, string>> = {
  caFile: 'CACERT',
  ca: 'CACERT_BYTES',
  caDirectory: 'CAPATH',
  certFile: 'CLIENT_CERT',
  keyFile: 'CLIENT_KEY',
  serverName: 'TLS_SERVER_NAME',
};

function tlsFrom(environment: Environment): VaultTlsOptions | undefined {
  const given = Object.entries(TLS_VARIABLES)
    .map(([option, name]) => [option, variable(environment, name)] as const)
    .filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

/** What Go's `strconv.ParseBool`, which the command lines read it by, takes for false. */
const FALSE = /^(?:0|f|F|false|False|FALSE)$/;

/** @throws ConfigurationError when certificates are not to be looked at */
function assertVerifies(environment: Environment): void {
  const skip = variable(environment, 'SKIP_VERIFY');
  if (skip === undefined || FALSE.test(skip)) return;
  throw new ConfigurationError(
    'VAULT_SKIP_VERIFY is not taken: without a look at the certificate, anybody on the way could read the token and the data keys. Unset it, and set VAULT_CACERT to the certificate of the authority, or VAULT_TLS_SERVER_NAME to a name in the certificate.',
  );
}
