import { existsSync } from 'node:fs';
import {
  loadConfigData,
  type ClientConfigTLS,
  type ConfigDataSource,
  loadClientConfigProfile,
  type ClientConfigProfile,
} from '@temporalio/envconfig';
import { printable } from '../printable';
import { codeOf, TemporalFault } from './temporal-fault';

/** Where a setting stands: the environment variable, and the field of the profile. */
interface SettingName {
  readonly variable: string;
  readonly field: string;
}

/** The TLS side of a connection: texts of the files, read. */
export interface TlsSettings {
  /**
   * PEM of the authorities that the server's certificate is to come from; `undefined` for those that Node.js
   * trusts.
   */
  readonly ca: string | undefined;
  /** What this side shows. Both in PEM; the key is a secret. */
  readonly client: { readonly cert: string; readonly key: string } | undefined;
  /** The name to look for in the server's certificate; `undefined` for the host of the address. */
  readonly serverName: string | undefined;
}

/** How to reach Temporal, as workers and clients read it by `@temporalio/envconfig`. */
export interface TemporalSettings {
  /** `host:port`. */
  readonly address: string;
  readonly host: string;
  readonly port: number;
  readonly namespace: string;
  /** `undefined` for a connection in clear. */
  readonly tls: TlsSettings | undefined;
  /** A secret. */
  readonly apiKey: string | undefined;
  /** Headers of each call. May hold secrets. */
  readonly metadata: Readonly<Record<string, string>>;
}

const DEFAULT_PORT = 7233;
const ADDRESS = /^(?:\[(?<ipv6>[0-9a-f:.]+)\]|(?<name>[^:/\s]+))(?::(?<port>\d{1,5}))?$/i;

/**
 * Reads how to reach Temporal, as `loadClientConnectConfig` of `@temporalio/envconfig` does, and says what it
 * leaves unsaid.
 *
 * @throws TemporalFault when a file cannot be read, or half of a client certificate is missing
 */
export function readTemporalSettings(environment: NodeJS.ProcessEnv): TemporalSettings {
  const profile = loadProfile(environment);
  const tls = tlsOf(profile.tls, profile.apiKey);
  if (tls === undefined && profile.apiKey !== undefined) {
    throw new TemporalFault(
      `TLS is switched off, and the API key would cross the network in clear: remove ${nameOf('tls')} or ${nameOf('apiKey')}`,
    );
  }
  return {
    ...addressOf(profile.address ?? `localhost:${String(DEFAULT_PORT)}`),
    namespace: profile.namespace ?? 'default',
    tls,
    apiKey: profile.apiKey,
    metadata: profile.grpcMeta ?? {},
  };
}

function addressOf(address: string): Pick<TemporalSettings, 'address' | 'host' | 'port'> {
  const { ipv6, name, port } = ADDRESS.exec(address)?.groups ?? {};
  const host = ipv6 ?? name;
  if (host === undefined) {
    throw new TemporalFault(
      `${nameOf('address')} is to be host:port, without a scheme: ${printable(address)}`,
    );
  }
  return { address, host, port: port === undefined ? DEFAULT_PORT : Number(port) };
}

function tlsOf(tls: ClientConfigTLS | undefined, apiKey: string | undefined): TlsSettings | undefined {
  if (tls === undefined) {
    return apiKey === undefined ? undefined : { ca: undefined, client: undefined, serverName: undefined };
  }
  if (tls.disabled === true) return undefined;
  const ca = textOf(tls.serverCACert, 'ca');
  const cert = textOf(tls.clientCert, 'clientCert');
  const key = textOf(tls.clientKey, 'clientKey');
  if ((cert === undefined) !== (key === undefined)) {
    const [has, lacks] =
      cert === undefined ? (['clientKey', 'clientCert'] as const) : (['clientCert', 'clientKey'] as const);
    throw new TemporalFault(
      `${nameOf(has)} is set and ${nameOf(lacks)} is not: workers and clients then show no certificate at all. Set both`,
    );
  }
  const client = cert === undefined || key === undefined ? undefined : { cert, key };
  return { ca, client, serverName: tls.serverName };
}

function textOf(
  source: ConfigDataSource | undefined,
  setting: 'ca' | 'clientCert' | 'clientKey',
): string | undefined {
  try {
    const data = loadConfigData(source);
    return data === undefined ? undefined : Buffer.from(data).toString('utf8');
  } catch (error) {
    const path = source !== undefined && 'path' in source ? printable(source.path) : 'a file';
    throw new TemporalFault(`${nameOf(setting)} names ${path}, which cannot be read: ${codeOf(error)}`);
  }
}

/**
 * Reads the profile as workers and clients do.
 *
 * @throws TemporalFault when it cannot be read. What the parser says of a TOML file is not repeated: it
 *   quotes lines of the file, and a line may hold a key.
 */
function loadProfile(environment: NodeJS.ProcessEnv, isStrict = false): ClientConfigProfile {
  try {
    return loadClientConfigProfile({ overrideEnvVars: defined(environment), configFileStrict: isStrict });
  } catch (error) {
    throw new TemporalFault(faultOf(error, environment));
  }
}

function faultOf(error: unknown, environment: NodeJS.ProcessEnv): string {
  const file = environment['TEMPORAL_CONFIG_FILE'];
  const theFile =
    file === undefined ? 'the temporal.toml of this user' : `TEMPORAL_CONFIG_FILE ${printable(file)}`;
  if (error instanceof Error && 'line' in error && 'column' in error) {
    return `${theFile} is not valid TOML at line ${String(error.line)}, column ${String(error.column)}`;
  }
  if (codeOf(error) !== '') return `${theFile} cannot be read: ${codeOf(error)}`;
  const said = error instanceof Error ? error.message : '';
  if (said.startsWith('Profile ')) {
    const profile = printable(environment['TEMPORAL_PROFILE'] ?? '');
    return `TEMPORAL_PROFILE names ${profile}, and ${theFile} has no [profile.…] of that name`;
  }
  if (/^(?:Cannot specify both|Validation error)/.test(said)) return `${theFile} or the environment: ${said}`;
  return `${theFile} is not as it should be: it holds [profile.<name>] tables with text in them`;
}

function defined(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** What `@temporalio/envconfig` passes over without a word, and was hardly meant. */
export function settingsWarnings(environment: NodeJS.ProcessEnv): readonly string[] {
  const warnings: string[] = [];
  const file = environment['TEMPORAL_CONFIG_FILE'];
  if (file !== undefined && !existsSync(file)) {
    warnings.push(
      `TEMPORAL_CONFIG_FILE names ${printable(file)}, which is not there: workers and clients go on without it`,
    );
  }
  if (['1', 'true'].includes(environment['TEMPORAL_TLS_DISABLE_HOST_VERIFICATION'] ?? '')) {
    warnings.push(
      'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION is heeded by the temporal command, not by workers and clients: they verify the server',
    );
  }
  try {
    loadProfile(environment, true);
  } catch (error) {
    if (!(error instanceof TemporalFault)) throw error;
    warnings.push(`workers and clients pass over a part of it: ${error.message}`);
  }
  return warnings;
}

/** How a person writes what this check reads. */
const SETTING_NAMES = {
  address: { variable: 'TEMPORAL_ADDRESS', field: 'address' },
  namespace: { variable: 'TEMPORAL_NAMESPACE', field: 'namespace' },
  apiKey: { variable: 'TEMPORAL_API_KEY', field: 'api_key' },
  tls: { variable: 'TEMPORAL_TLS', field: 'tls' },
  ca: { variable: 'TEMPORAL_TLS_SERVER_CA_CERT_PATH', field: 'tls.server_ca_cert_path' },
  serverName: { variable: 'TEMPORAL_TLS_SERVER_NAME', field: 'tls.server_name' },
  clientCert: { variable: 'TEMPORAL_TLS_CLIENT_CERT_PATH', field: 'tls.client_cert_path' },
  clientKey: { variable: 'TEMPORAL_TLS_CLIENT_KEY_PATH', field: 'tls.client_key_path' },
} as const satisfies Record<string, SettingName>;

/** A setting for a sentence: the variable, and the field of the profile in brackets. */
export function nameOf(setting: keyof typeof SETTING_NAMES): string {
  const { variable, field } = SETTING_NAMES[setting];
  return `${variable} (${field})`;
}
