import { ConfigurationError, type KeyEncryptionKey } from '@waxseal/core';
import { importOptional } from '../import-optional';
import { decodeUriPart } from './uri';

/**
 * Loads `awskms:///<key ARN, key ID or alias>[?region=<region>]`. Credentials come from where the AWS SDK
 * finds them. The region is the URI's, else the ARN's, else the SDK's.
 *
 * @throws ConfigurationError when the URI is malformed or the packages are missing
 */
export async function awsKmsKeyFromUri(uri: URL): Promise<KeyEncryptionKey> {
  const keyId = decodeUriPart(uri, uri.pathname.slice(1));
  const others = [...uri.searchParams.keys()].filter((name) => name !== 'region');
  if (uri.host !== '' || keyId === '' || uri.hash !== '' || others.length > 0) {
    throw new ConfigurationError(
      `The key URI ${JSON.stringify(uri.href)} must be awskms:///<key ARN, key ID or alias>, with ?region=<region> where it is needed.`,
    );
  }
  const region = uri.searchParams.get('region') ?? /^arn:[^:]+:kms:([^:]+):/.exec(keyId)?.[1];
  const [{ AwsKmsKey }, { KMSClient }] = await importOptional(
    'A key of awskms://',
    ['@waxseal/aws-kms', '@aws-sdk/client-kms'],
    () => Promise.all([import('@waxseal/aws-kms'), import('@aws-sdk/client-kms')]),
  );
  // AwsKmsKey repeats requests itself, within its deadlines.
  const client = new KMSClient({ maxAttempts: 1, ...(region === undefined ? {} : { region }) });
  return new AwsKmsKey({ client, keyId });
}
