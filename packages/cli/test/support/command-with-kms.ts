import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { startAwsKmsDouble, type AwsKmsDouble, type AwsKmsDoubleKey } from '@waxseal/testing';

import { waxseal, type Ended } from './waxseal';

/** A command, and the double of AWS KMS that it asks. */
export interface CommandWithKms {
  /** Runs the command with further arguments. @param over variables in the place of those that it has */
  run(args?: readonly string[], over?: NodeJS.ProcessEnv): Promise<Ended>;
  /** The double, as before its first request in each test. */
  readonly kms: AwsKmsDouble;
  /** The primary key: a new one in each test. */
  readonly key: AwsKmsDoubleKey;
}

/** Starts the double for the tests of a file, and names its key to a command. */
export function commandWithKms(
  command: readonly string[],
  credentials: { readonly accessKeyId: string; readonly secretAccessKey: string },
): CommandWithKms {
  const started: { kms?: AwsKmsDouble; key?: AwsKmsDoubleKey } = {};
  const told = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('The double of AWS KMS is there in tests, and not before.');
    return value;
  };
  beforeAll(async () => {
    started.kms = await startAwsKmsDouble();
  });
  beforeEach(() => {
    const kms = told(started.kms);
    kms.reset();
    started.key = kms.createKey();
  });
  afterAll(() => started.kms?.close());
  return {
    run: (args = [], over = {}) =>
      waxseal([...command, ...args], '', {
        WAXSEAL_PRIMARY_KEY: `awskms:///${told(started.key).arn}`,
        AWS_ENDPOINT_URL: told(started.kms).endpoint,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        ...over,
      }),
    get kms() {
      return told(started.kms);
    },
    get key() {
      return told(started.key);
    },
  };
}
