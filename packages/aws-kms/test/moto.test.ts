import { CreateKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { findOnPath, freePort, startServiceProcess, waitUntil, type ServiceProcess } from '@waxseal/bring-up';
import { describeKeyProvider, type ConformanceRunner } from '@waxseal/conformance';

import './support/errors-of-node';
import { AwsKmsKey } from '../src';
import { withoutHooks } from './support/conformance-cases';
import { kmsClient } from './support/kms-client';

/** Where moto looks up the key that a ciphertext names, and misses it. AWS answers otherwise. */
const DIFFERENT = /any one byte changed|any bit of its first|another key's wrap/;
const program = process.env['MOTO_SERVER_PATH'] ?? findOnPath('moto_server');

if (program === undefined) {
  const reason = 'pip install "moto[server]" and have moto_server on PATH, or set MOTO_SERVER_PATH';
  process.stderr.write(`AwsKmsKey is not tested against moto: ${reason}.\n`);
  it.skip(`AwsKmsKey on moto (not run: ${reason})`, () => undefined);
} else {
  let moto: ServiceProcess;
  let client: KMSClient;

  beforeAll(async () => {
    const port = await freePort();
    moto = await startServiceProcess(program, ['-H', '127.0.0.1', '-p', String(port)]);
    const endpoint = `http://127.0.0.1:${String(port)}`;
    const isReady = async (): Promise<boolean> => {
      if (moto.ended !== undefined) throw new Error(`moto does not start: ${moto.ended}.`);
      return fetch(`${endpoint}/moto-api/data.json`).then(
        ({ ok }) => ok,
        () => false,
      );
    };
    if (!(await waitUntil(isReady))) throw new Error('moto does not answer.');
    client = kmsClient(endpoint);
  });
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
  // moto uses disabled keys, ignores DryRun and a wrong KeyId, and has no quotas: those cases run against the double.
  describeKeyProvider(runner, {
    name: 'AwsKmsKey on moto',
    without: {
      ...withoutHooks('moto cannot be scripted so'),
      unknownKey: 'moto answers AccessDeniedException for a key that is not there',
    },
    open: async () => {
      const [a, b] = [await create(), await create()];
      return {
        secrets: [],
        key: (options) => new AwsKmsKey({ client, keyId: a, request: options?.request }),
        otherKey: (options) => new AwsKmsKey({ client, keyId: b, request: options?.request }),
        close: () => undefined,
      };
    },
  });
}
