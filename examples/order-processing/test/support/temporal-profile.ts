import type { TransportEnvironment } from '@waxseal/bring-up';

const TLS_FIELDS: Readonly<Record<string, string>> = {
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: 'server_ca_cert_path',
  TEMPORAL_TLS_SERVER_NAME: 'server_name',
  TEMPORAL_TLS_CLIENT_CERT_PATH: 'client_cert_path',
  TEMPORAL_TLS_CLIENT_KEY_PATH: 'client_key_path',
};

/** A profile of `temporal.toml` that says what the variables say. */
export function temporalProfile(name: string, environment: TransportEnvironment): string {
  const fields = Object.entries(TLS_FIELDS).flatMap(([variable, field]) => {
    const value = environment[variable];
    return value === undefined ? [] : [`${field} = ${JSON.stringify(value)}`];
  });
  return [
    `[profile.${name}]`,
    `address = ${JSON.stringify(environment['TEMPORAL_ADDRESS'])}`,
    `namespace = ${JSON.stringify(environment['TEMPORAL_NAMESPACE'])}`,
    `[profile.${name}.tls]`,
    ...fields,
    '',
  ].join('\n');
}
