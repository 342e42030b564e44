import { CreateKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { startMoto, type MotoServer } from '@waxseal/bring-up';
import { describeKeyProvider, withoutHooks, type ConformanceRunner } from '@waxseal/conformance';

import './support/errors-of-node';
import { AwsKmsKey } from '../src';
import { WITHOUT_VERSIONS } from './support/conformance-cases';
import { kmsClient } from './support/kms-client';

/** Where moto looks up the key that a ciphertext names, and misses it. AWS answers otherwise. */
const DIFFERENT = /any one byte changed|any bit of its first|another key's wrap/;

let moto: MotoServer;
let client: KMSClient;

beforeAll(async () => {
  moto = await startMoto();
  client = kmsClient(moto.endpoint);
}, 300_000);
afterAll(async () => {
  client.destroy();
  await moto.stop();
});

const create = async (): Promise<string> => {
  const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
  return KeyMetadata?.Arn ?? '';
};

const runner: ConformanceRunner = {
  describe,
  it: Object.assign(
    (name: string, body: () => Promise<void>) => {
      if (DIFFERENT.test(name)) it.skip(`${name} (not run: moto answers AccessDeniedException)`, body);
      else it(name, body);
    },
    { skip: it.skip },
  ),
};
// moto uses disabled keys, ignores DryRun and a wrong KeyId, and has no quotas: those cases run against the
// double.
describeKeyProvider(runner, {
  name: 'AwsKmsKey on moto',
  without: {
    ...WITHOUT_VERSIONS,
    ...withoutHooks('moto cannot be scripted so'),
    checkPermissions: 'moto ignores DryRun',
    unknownKey: 'moto answers AccessDeniedException for a key that is not there',
  },
  open: async () => {
    const [a, b] = [await create(), await create()];
    return {
      secrets: [],
      key: () => new AwsKmsKey({ client, keyId: a }),
      otherKey: () => new AwsKmsKey({ client, keyId: b }),
      close: () => undefined,
    };
  },
});
