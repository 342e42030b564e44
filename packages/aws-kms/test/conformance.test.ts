import { join } from 'node:path';

import { describe, it } from '@jest/globals';
import { describeKeyProvider, type KeyProviderHarness } from '@waxseal/conformance';
import { documentedRights } from '@waxseal/test-support';
import { startAwsKmsDouble, type AwsKmsDouble, type AwsKmsDoubleKey } from '@waxseal/testing';

import './support/errors-of-node';
import { AwsKmsKey } from '../src';
import { WITHOUT_VERSIONS } from './support/conformance-cases';
import { CREDENTIALS, kmsClient } from './support/kms-client';

/** How the two keys of a harness are named to the provider. */
type Naming = (kms: AwsKmsDouble, key: AwsKmsDoubleKey, name: string) => string;

const RIGHTS = documentedRights(join(__dirname, '..'), 'json');
const ACTIONS = ['Encrypt', 'Decrypt', 'DescribeKey'] as const;

/** @param alwaysGranted what the README asks for a key that is named so, beside the rights of a role */
async function open(
  keyIdOf: Naming,
  alwaysGranted: readonly (typeof ACTIONS)[number][] = [],
): Promise<KeyProviderHarness> {
  const kms = await startAwsKmsDouble();
  // STS too: the caller is named by it.
  process.env['AWS_ENDPOINT_URL_STS'] = kms.endpoint;
  const client = kmsClient(kms.endpoint);
  const [a, b] = [kms.createKey(), kms.createKey()];
  const [idOfA, idOfB] = [keyIdOf(kms, a, 'alias/a'), keyIdOf(kms, b, 'alias/b')];
  const key = (keyId: string): AwsKmsKey => new AwsKmsKey({ client, keyId });
  let closed = false;
  const close = async (): Promise<void> => {
    if (!closed) await kms.close();
    closed = true;
  };
  return {
    secrets: [CREDENTIALS.secretAccessKey, CREDENTIALS.sessionToken],
    key: () => key(idOfA),
    otherKey: () => key(idOfB),
    unknownKey: () => key('arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-8000-000000000000'),
    disableKey: () => {
      a.disable();
    },
    enableKey: () => {
      a.enable();
    },
    deleteKey: () => {
      a.scheduleDeletion();
    },
    rotate: () => {
      a.rotate();
    },
    deny: () => {
      kms.deny('Encrypt', a);
      kms.deny('Decrypt', a);
    },
    grantOnly: (role) => {
      for (const action of ACTIONS) {
        const isGranted = RIGHTS[role].includes(`"kms:${action}"`) || alwaysGranted.includes(action);
        if (isGranted) kms.allow(action);
        else kms.deny(action);
      }
    },
    throttle: (times) => {
      kms.next({ error: 'ThrottlingException', message: 'Rate exceeded' }, times);
    },
    disconnect: close,
    delay: (ms) => {
      kms.latencyMs = ms;
    },
    cut: (times) => {
      kms.next({ cut: true }, times);
    },
    requests: () => kms.requests.length,
    close: async () => {
      client.destroy();
      await close();
    },
  };
}

describeKeyProvider(
  { describe, it },
  { name: 'AwsKmsKey by key ARN', without: WITHOUT_VERSIONS, open: () => open((_kms, key) => key.arn) },
);
describeKeyProvider(
  { describe, it },
  {
    name: 'AwsKmsKey by alias',
    without: WITHOUT_VERSIONS,
    open: () => open((kms, key, name) => kms.alias(name, key), ['DescribeKey']),
  },
);
