import { KeyManagementServiceClient } from '@google-cloud/kms';
import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import {
  startGcpKmsDouble,
  type GcpKmsClientOptions,
  type GcpKmsDouble,
  type GcpKmsDoubleOptions,
} from '@waxseal/testing';

/** What a file of tests shares. */
export interface KmsUnderTest {
  readonly kms: GcpKmsDouble;
  readonly options: GcpKmsClientOptions;
  readonly client: KeyManagementServiceClient;
}

/** Starts one double for the tests of a file; what a test scripted is forgotten before the next. */
export function kmsUnderTest(doubleOptions: GcpKmsDoubleOptions = {}): () => KmsUnderTest {
  let started: KmsUnderTest | undefined;
  beforeAll(async () => {
    const kms = await startGcpKmsDouble(doubleOptions);
    const options = await kms.clientOptions();
    started = { kms, options, client: new KeyManagementServiceClient(options) };
  });
  beforeEach(() => {
    started?.kms.reset();
  });
  afterAll(async () => {
    await started?.client.close();
    await started?.kms.close();
  });
  return () => {
    if (started === undefined) throw new Error('The double is not started yet.');
    return started;
  };
}
