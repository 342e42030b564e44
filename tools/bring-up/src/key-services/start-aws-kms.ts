import { randomBytes } from 'node:crypto';

import { startAwsKmsDouble } from '@waxseal/testing';

import type { KeyService } from './key-service';

/** Starts a double of AWS KMS. */
export async function startAwsKms(): Promise<KeyService> {
  const double = await startAwsKmsDouble();
  const secret = randomBytes(20).toString('hex');
  return {
    keyUri: `awskms:///${double.createKey().arn}`,
    environment: {
      AWS_ENDPOINT_URL: double.endpoint,
      AWS_ACCESS_KEY_ID: 'AKIDWAXSEALTESTS0001',
      AWS_SECRET_ACCESS_KEY: secret,
    },
    secrets: [secret],
    stop: () => double.close(),
  };
}
