import { randomBytes } from 'node:crypto';

import { KMSClient } from '@aws-sdk/client-kms';
import { AwsKmsKey } from '@waxseal/aws-kms';
import { startAwsKmsDouble } from '@waxseal/testing';

import { FaultProxy } from './fault-proxy';
import type { FaultyKeyService } from './faulty-key-service';

const ACCESS_KEY_ID = 'AKIDWAXSEALFAULTS001';

/** Starts a double of AWS KMS behind a proxy. */
export async function startFaultyAwsKms(): Promise<FaultyKeyService> {
  const double = await startAwsKmsDouble();
  const key = double.createKey();
  const secretAccessKey = randomBytes(20).toString('hex');
  const proxy = await new FaultProxy(double.endpoint, {
    status: 400,
    contentType: 'application/x-amz-json-1.1',
    body: JSON.stringify({ __type: 'ThrottlingException', message: 'Rate exceeded' }),
  }).start();
  const done = (act: () => void) => (): Promise<void> => {
    act();
    return Promise.resolve();
  };
  const noSeal = (): Promise<never> => Promise.reject(new Error('AWS KMS cannot be sealed.'));
  return {
    name: 'AWS KMS (double)',
    proxy,
    secrets: [secretAccessKey],
    keyUri: `awskms:///${key.arn}`,
    environment: {
      AWS_ENDPOINT_URL: proxy.address,
      AWS_ACCESS_KEY_ID: ACCESS_KEY_ID,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    },
    newKey: () =>
      new AwsKmsKey({
        client: new KMSClient({
          endpoint: proxy.address,
          region: key.region,
          credentials: { accessKeyId: ACCESS_KEY_ID, secretAccessKey },
          maxAttempts: 1,
        }),
        keyId: key.arn,
      }),
    disableKey: done(() => {
      key.disable();
    }),
    enableKey: done(() => {
      key.enable();
    }),
    revoke: done(() => {
      double.deny('Encrypt');
      double.deny('Decrypt');
    }),
    grant: done(() => {
      double.allow('Encrypt');
      double.allow('Decrypt');
    }),
    seal: noSeal,
    unseal: noSeal,
    stop: async () => {
      await proxy.stop();
      await double.close();
    },
  };
}
