import { KMSClient } from '@aws-sdk/client-kms';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { parseKeyUri, type KeyUriForm } from '@waxseal/core/provider';
import { RenewedCredentials, type AwsIdentitySource } from './credentials';
import { parseKmsKeyReference, type KmsKeyReference } from './key-name';
import type { AwsKmsKeyOptions } from './options';
import { EnvironmentProxyAgent } from './proxy-agent';

const FORM: KeyUriForm = {
  scheme: 'awskms',
  parameters: ['region', 'id'],
  is: 'awskms:///<key ARN, key ID or alias>, with ?region=<region> where it is needed, and ?id=<name> for a name in payloads',
};

/**
 * What `awskms:///<key ARN, key ID or alias>[?region=<region>][&id=<name>]` names. The region is the
 * URI's, else the ARN's, else the SDK's.
 *
 * @returns options with a client that asks once: the key repeats requests itself, within its deadlines
 * @throws ConfigurationError when the URI is malformed
 */
export function optionsFromUri(uri: string | URL): AwsKmsKeyOptions {
  const { url, host, path, id, malformed } = parseKeyUri(uri, FORM);
  const keyId = path.slice(1);
  if (host !== '' || keyId === '') throw malformed();
  const region = url.searchParams.get('region') ?? regionOf(parseKmsKeyReference(keyId));
  const agent = new EnvironmentProxyAgent();
  const client = new KMSClient({
    maxAttempts: 1,
    requestHandler: {
      httpAgent: agent,
      httpsAgent: agent,
      requestTimeout: BACKSTOP_MS,
      throwOnRequestTimeout: true,
    },
    credentials: renewedCredentials(),
    ...(region === undefined ? {} : { region }),
  });
  return { client, keyId, id };
}

/** The deadline of an attempt comes first. */
const BACKSTOP_MS = 60_000;
/** STS and IAM Identity Center: the SDK asks them without a limit of time. */
const SOURCE_TIMEOUT_MS = 5_000;

/**
 * Credentials from where the AWS SDK finds them, for `new KMSClient({ credentials: renewedCredentials() })`.
 * A source that falls silent for a while is asked again, whereas the SDK's own chain would keep the client
 * waiting until the process starts anew. STS is asked through the proxy of `HTTPS_PROXY`.
 *
 * @param newSource makes a source of the application's own, that shares nothing with those before; the SDK's
 *   default chain where it is left out
 */
export function renewedCredentials(newSource: () => AwsIdentitySource = defaultChains()): AwsIdentitySource {
  return new RenewedCredentials(newSource).provide;
}

function defaultChains(): () => AwsIdentitySource {
  const agent = new EnvironmentProxyAgent();
  const agents = { httpAgent: agent, httpsAgent: agent };
  const requestHandler = { ...agents, requestTimeout: SOURCE_TIMEOUT_MS, throwOnRequestTimeout: true };
  return () => defaultProvider({ clientConfig: { requestHandler } });
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
