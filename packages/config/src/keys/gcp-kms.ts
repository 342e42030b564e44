import { ConfigurationError, type KeyEncryptionKey } from '@waxseal/core';
import { importOptional } from '../import-optional';
import { decodeUriPart } from './uri';

/**
 * Loads `gcpkms://projects/…/locations/…/keyRings/…/cryptoKeys/…[?endpoint=<host>[:<port>]]`. Credentials
 * come from where Google's libraries find them (Application Default Credentials).
 *
 * @throws ConfigurationError when the URI is malformed or the packages are missing
 */
export async function gcpKmsKeyFromUri(uri: URL): Promise<KeyEncryptionKey> {
  const keyName = `${uri.host}${decodeUriPart(uri, uri.pathname)}`;
  const endpoint = uri.searchParams.get('endpoint');
  const [, apiEndpoint, port] = /^([\w.-]{1,253})(?::(\d{1,5}))?$/.exec(endpoint ?? '') ?? [];
  const others = [...uri.searchParams.keys()].filter((name) => name !== 'endpoint');
  const isEndpointWrong = endpoint !== null && apiEndpoint === undefined;
  if (uri.host !== 'projects' || uri.hash !== '' || others.length > 0 || isEndpointWrong) {
    throw new ConfigurationError(
      `The key URI ${JSON.stringify(uri.href)} must be gcpkms://projects/<project>/locations/<location>/keyRings/<key ring>/cryptoKeys/<key>, with ?endpoint=<host>[:<port>] where it is needed.`,
    );
  }
  const [{ GcpKmsKey }, { KeyManagementServiceClient }] = await importOptional(
    'A key of gcpkms://',
    ['@waxseal/gcp-kms', '@google-cloud/kms'],
    () => Promise.all([import('@waxseal/gcp-kms'), import('@google-cloud/kms')]),
  );
  const client = new KeyManagementServiceClient({
    ...(apiEndpoint === undefined ? {} : { apiEndpoint }),
    ...(port === undefined ? {} : { port: Number(port) }),
  });
  return new GcpKmsKey({ client, keyName });
}
