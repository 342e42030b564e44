import { loadConfigData, type ClientConfigTLS, type ConfigDataSource } from '@temporalio/envconfig';

import { printable } from '../../output/printable';
import { codeOf } from './code-of';
import { loadProfile } from './load-profile';
import { nameOf } from './name-of';
import { TemporalFault } from './temporal-fault';
import type { TemporalSettings, TlsSettings } from './temporal-settings';

const DEFAULT_PORT = 7233;
const ADDRESS = /^(?:\[(?<ipv6>[0-9a-f:.]+)\]|(?<name>[^:/\s]+))(?::(?<port>\d{1,5}))?$/i;

/**
 * Reads how to reach Temporal, as `loadClientConnectConfig` of `@temporalio/envconfig` does, and says what it leaves unsaid.
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
