import { KMSClient } from '@aws-sdk/client-kms';
import { describe, it } from '@jest/globals';
import { describeKeyProvider, withoutHooks } from '@waxseal/conformance';

import './support/errors-of-node';
import { AwsKmsKey } from '../src';
import { WITHOUT_VERSIONS } from './support/conformance-cases';

const { WAXSEAL_LIVE_AWS_KEY: keyArn, WAXSEAL_LIVE_AWS_OTHER_KEY: otherArn } = process.env;
const region = keyArn?.split(':')[3];

if (keyArn === undefined || otherArn === undefined || region === undefined) {
  const reason = 'set WAXSEAL_LIVE_AWS_KEY and WAXSEAL_LIVE_AWS_OTHER_KEY to two key ARNs of one region';
  process.stderr.write(`AWS KMS itself is not tested: ${reason}.\n`);
  it.skip(`AWS KMS itself (not run: ${reason})`, () => undefined);
} else {
  describeKeyProvider(
    { describe, it },
    {
      name: 'AwsKmsKey on AWS',
      without: {
        ...WITHOUT_VERSIONS,
        ...withoutHooks('the keys of an account are not to be changed by a test'),
      },
      open: () => {
        const client = new KMSClient({ region, maxAttempts: 1 });
        return {
          secrets: [],
          key: () => new AwsKmsKey({ client, keyId: keyArn }),
          otherKey: () => new AwsKmsKey({ client, keyId: otherArn }),
          unknownKey: () =>
            new AwsKmsKey({
              client,
              keyId: keyArn.replace(/key\/.*$/, 'key/00000000-0000-4000-8000-000000000000'),
            }),
          close: () => {
            client.destroy();
          },
        };
      },
    },
  );
}
