import type { SettingName } from './temporal-settings';

/** How a person writes what this check reads. */
export const SETTING_NAMES = {
  address: { variable: 'TEMPORAL_ADDRESS', field: 'address' },
  namespace: { variable: 'TEMPORAL_NAMESPACE', field: 'namespace' },
  apiKey: { variable: 'TEMPORAL_API_KEY', field: 'api_key' },
  tls: { variable: 'TEMPORAL_TLS', field: 'tls' },
  ca: { variable: 'TEMPORAL_TLS_SERVER_CA_CERT_PATH', field: 'tls.server_ca_cert_path' },
  serverName: { variable: 'TEMPORAL_TLS_SERVER_NAME', field: 'tls.server_name' },
  clientCert: { variable: 'TEMPORAL_TLS_CLIENT_CERT_PATH', field: 'tls.client_cert_path' },
  clientKey: { variable: 'TEMPORAL_TLS_CLIENT_KEY_PATH', field: 'tls.client_key_path' },
} as const satisfies Record<string, SettingName>;
