import { KMSClient, type KMSClientConfig } from '@aws-sdk/client-kms';

/** Credentials that the double takes; no error may show the last two. */
export const CREDENTIALS = {
  accessKeyId: 'AKIDDOUBLE0000000001',
  secretAccessKey: 'secret-access-key-of-the-double',
  sessionToken: 'session-token-of-the-double',
};

/** The real SDK client, as an application makes it, for a loopback endpoint. */
export function kmsClient(endpoint: string, region = 'eu-west-1', config: KMSClientConfig = {}): KMSClient {
  return new KMSClient({ endpoint, region, credentials: CREDENTIALS, maxAttempts: 1, ...config });
}
