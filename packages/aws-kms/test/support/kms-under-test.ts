import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import type { KMSClient } from '@aws-sdk/client-kms';
import { startAwsKmsDouble, type AwsKmsDouble } from '@waxseal/testing';

import { kmsClient } from './kms-client';

/** What a file of tests shares. */
export interface KmsUnderTest {
  readonly kms: AwsKmsDouble;
  /** A client in `eu-west-1`. */
  readonly client: KMSClient;
}

/** Starts one double for the tests of a file; what a test scripted is forgotten before the next. */
export function kmsUnderTest(): () => KmsUnderTest {
  let started: KmsUnderTest | undefined;
  beforeAll(async () => {
    const kms = await startAwsKmsDouble();
    started = { kms, client: kmsClient(kms.endpoint) };
  });
  beforeEach(() => {
    started?.kms.reset();
  });
  afterAll(async () => {
    started?.client.destroy();
    await started?.kms.close();
  });
  return () => {
    if (started === undefined) throw new Error('The double is not started yet.');
    return started;
  };
}
