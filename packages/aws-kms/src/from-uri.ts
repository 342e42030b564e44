import { KMSClient } from '@aws-sdk/client-kms';
import { parseKeyUri, type KeyUriForm } from '@waxseal/core/provider';
import { parseKmsKeyReference, type KmsKeyReference } from './key-name';
import type { AwsKmsKeyOptions } from './options';

const FORM: KeyUriForm = {
  scheme: 'awskms',
  parameters: ['region'],
  is: 'awskms:///<key ARN, key ID or alias>, with ?region=<region> where it is needed',
};

/**
 * What `awskms:///<key ARN, key ID or alias>[?region=<region>]` names. The region is the URI's, else the
 * ARN's, else the SDK's.
 *
 * @returns options with a client that asks once: the key repeats requests itself, within its deadlines
 * @throws ConfigurationError when the URI is malformed
 */
export function optionsFromUri(uri: string | URL): AwsKmsKeyOptions {
  const { url, host, path, malformed } = parseKeyUri(uri, FORM);
  const keyId = path.slice(1);
  if (host !== '' || keyId === '') throw malformed();
  const region = url.searchParams.get('region') ?? regionOf(parseKmsKeyReference(keyId));
  const client = new KMSClient({ maxAttempts: 1, ...(region === undefined ? {} : { region }) });
  return { client, keyId };
}

function regionOf(reference: KmsKeyReference | undefined): string | undefined {
  switch (reference?.kind) {
    case 'key-arn':
      return reference.arn.region;
    case 'alias-arn':
      return reference.region;
    default:
      return undefined;
  }
}
