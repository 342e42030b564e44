import { KeyManagementServiceClient } from '@google-cloud/kms';
import { parseKeyUri, type Environment, type KeyUriForm } from '@waxseal/core/provider';
import type { GcpKmsKeyOptions } from './options';
import { channelTarget } from './proxy';
import { OWN_CONNECTION } from './renewable-client';
import { keepMetadataServerOffProxies } from './token-requests';

const FORM: KeyUriForm = {
  scheme: 'gcpkms',
  parameters: ['endpoint', 'id'],
  is: 'gcpkms://projects/<project>/locations/<location>/keyRings/<key ring>/cryptoKeys/<key>, with ?endpoint=<host>[:<port>] where it is needed, and ?id=<name> for a name in payloads',
};
const ENDPOINT = /^([\w.-]{1,253})(?::(\d{1,5}))?$/;

/**
 * What `gcpkms://projects/…/locations/…/keyRings/…/cryptoKeys/…[?endpoint=<host>[:<port>]][&id=<name>]`
 * names.
 *
 * @returns options with clients of Application Default Credentials, through the proxy that the environment
 *   names
 * @throws ConfigurationError when the URI is malformed, or gRPC cannot use the proxy
 */
export function optionsFromUri(uri: string | URL, environment: Environment = process.env): GcpKmsKeyOptions {
  const { url, host, path, id, malformed } = parseKeyUri(uri, FORM);
  const endpoint = url.searchParams.get('endpoint');
  const [, apiEndpoint, port = '443'] = ENDPOINT.exec(endpoint ?? '') ?? [];
  if (host !== 'projects' || (endpoint !== null && apiEndpoint === undefined)) throw malformed();
  const universe = environment['GOOGLE_CLOUD_UNIVERSE_DOMAIN'] || 'googleapis.com';
  const target = channelTarget(apiEndpoint ?? `cloudkms.${universe}`, Number(port), environment);
  keepMetadataServerOffProxies(environment);
  const client = (): KeyManagementServiceClient => {
    const made = new KeyManagementServiceClient({
      ...OWN_CONNECTION,
      // Google's library would look for a project, by the gcloud command too, before it asks for a token.
      projectId: path.split('/')[1] ?? '',
      ...(apiEndpoint === undefined ? {} : { servicePath: apiEndpoint }),
      ...target,
    });
    // The library would first ask whether the server that is named is there, and keep the answer for good.
    if (environment['GCE_METADATA_HOST'] || environment['GCE_METADATA_IP']) {
      Object.assign(made.auth, { checkIsGCE: true });
    }
    return made;
  };
  return { client, keyName: `${host}${path}`, id };
}
