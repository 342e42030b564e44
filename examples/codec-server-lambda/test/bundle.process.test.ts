import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { AwsKmsKey } from '@waxseal/aws-kms';
import { startAwsKmsDouble, type AwsKmsDouble } from '@waxseal/testing';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import httpApi from './events/http-api.json';
import { configuration, TOKEN } from './support/configuration';
import { encryptedBody } from './support/encrypted-body';

const run = promisify(execFile);
const folder = temporaryDirectory();
const credentials = { accessKeyId: 'AKIDTEST', secretAccessKey: 'any' };
let kms: AwsKmsDouble;

beforeAll(async () => {
  kms = await startAwsKmsDouble();
});
afterAll(async () => {
  await kms.close();
});

it('decodes as a bundle, without any other file, with a key of AWS KMS', async () => {
  await run(process.execPath, [join(__dirname, '../bundle.mjs'), folder]);
  writeFileSync(join(folder, 'waxseal.config.json'), JSON.stringify(configuration()));
  const { arn, region } = kms.createKey();
  const client = new KMSClient({ endpoint: kms.endpoint, region, credentials, maxAttempts: 1 });
  const body = await encryptedBody(new AwsKmsKey({ client, keyId: arn }), '"paid"');
  client.destroy();
  const headers = { ...httpApi.headers, authorization: `Bearer ${TOKEN}` };
  writeFileSync(join(folder, 'event.json'), JSON.stringify({ ...httpApi, headers, body }));
  const script =
    "require('./handler.js').handler(require('./event.json')).then((result) => console.log(JSON.stringify(result)))";
  const { stdout } = await run(process.execPath, ['-e', script], {
    cwd: folder,
    env: {
      WAXSEAL_DECRYPT_KEYS: `awskms:///${arn}`,
      AWS_ENDPOINT_URL_KMS: kms.endpoint,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
  });
  const [audit = '', result = ''] = stdout.trim().split('\n');
  expect(JSON.parse(audit)).toMatchObject({ outcome: 'allowed', keyIds: [arn] });
  const { statusCode, body: answer } = JSON.parse(result) as { statusCode: number; body: string };
  expect([statusCode, answer]).toEqual([
    200,
    expect.stringContaining(Buffer.from('"paid"').toString('base64')),
  ]);
}, 60_000);
