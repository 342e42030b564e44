import { KeyManagementServiceClient } from '@google-cloud/kms';
import { afterAll, describe, it } from '@jest/globals';
import { describeKeyProvider, withoutHooks } from '@waxseal/conformance';

import { GcpKmsKey } from '../src';
import { WITHOUT_VERSION_CHECK } from './support/conformance-cases';

const { WAXSEAL_LIVE_GCP_KEY: keyName, WAXSEAL_LIVE_GCP_OTHER_KEY: otherName } = process.env;

if (keyName === undefined || otherName === undefined) {
  const reason = 'set WAXSEAL_LIVE_GCP_KEY and WAXSEAL_LIVE_GCP_OTHER_KEY to the resource names of two keys';
  process.stderr.write(`Google Cloud KMS itself is not tested: ${reason}.\n`);
  it.skip(`Google Cloud KMS itself (not run: ${reason})`, () => undefined);
} else {
  const client = new KeyManagementServiceClient();
  const key = (name: string) => (): GcpKmsKey => new GcpKmsKey({ client, keyName: name });
  afterAll(() => client.close());
  describeKeyProvider(
    { describe, it },
    {
      name: 'GcpKmsKey on Google Cloud',
      without: {
        ...WITHOUT_VERSION_CHECK,
        ...withoutHooks('the keys of a project are not to be changed by a test'),
      },
      open: () => ({
        secrets: [],
        key: key(keyName),
        otherKey: key(otherName),
        unknownKey: key(keyName.replace(/[^/]+$/, 'waxseal-no-such-key')),
        close: () => undefined,
      }),
    },
  );
}
