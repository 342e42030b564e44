import { KeyManagementServiceClient } from '@google-cloud/kms';
import { parseKeyUri, type KeyUriForm } from '@waxseal/core/provider';
import type { GcpKmsKeyOptions } from './options';

const FORM: KeyUriForm = {
  scheme: 'gcpkms',
  parameters: ['endpoint'],
  is: 'gcpkms://projects/<project>/locations/<location>/keyRings/<key ring>/cryptoKeys/<key>, with ?endpoint=<host>[:<port>] where it is needed',
};
const ENDPOINT = /^([\w.-]{1,253})(?::(\d{1,5}))?$/;

/**
 * What `gcpkms://projects/…/locations/…/keyRings/…/cryptoKeys/…[?endpoint=<host>[:<port>]]` names.
 *
 * @returns options with a client of Application Default Credentials
 * @throws ConfigurationError when the URI is malformed
 */
export function optionsFromUri(uri: string | URL): GcpKmsKeyOptions {
  const { url, host, path, malformed } = parseKeyUri(uri, FORM);
  const endpoint = url.searchParams.get('endpoint');
  const [, apiEndpoint, port] = ENDPOINT.exec(endpoint ?? '') ?? [];
  if (host !== 'projects' || (endpoint !== null && apiEndpoint === undefined)) throw malformed();
  const client = new KeyManagementServiceClient({
    ...(apiEndpoint === undefined ? {} : { apiEndpoint }),
    ...(port === undefined ? {} : { port: Number(port) }),
  });
  return { client, keyName: `${host}${path}` };
}
