import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { runCommand, startServiceProcess, waitUntil } from '@waxseal/bring-up';
import { AwsKmsKey } from '@waxseal/aws-kms';
import { Keyring } from '@waxseal/core';
import { EnvelopePlugin } from '@waxseal/temporal';
import { KMSClient } from '@aws-sdk/client-kms';
import { startAwsKmsDouble, type AwsKmsDouble } from '@waxseal/testing';

const DIST = join(__dirname, '../dist');
const address = process.env['WAXSEAL_TEST_TEMPORAL_ADDRESS'] ?? '';
const cli = process.env['WAXSEAL_TEST_TEMPORAL_CLI'] ?? '';
const taskQueue = `lambda-worker-${String(process.pid)}`;
const workflowId = taskQueue;
const test = cli === '' ? it.skip : it;
if (cli === '') console.warn('The Worker in Lambda is not tested: there is no temporal command.');

/** What Lambda does with the handler: one invocation, with the time that it has. */
const INVOCATION = `
const { handler } = require(${JSON.stringify(join(DIST, 'handler.js'))});
const deadline = Date.now() + 20_000;
const context = {
  awsRequestId: 'request-1',
  invokedFunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:orders',
  getRemainingTimeInMillis: () => deadline - Date.now(),
};
handler({}, context).then(() => console.log('INVOCATION ENDED'));
`;

let kms: AwsKmsDouble;
let keyId: string;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  kms = await startAwsKmsDouble();
  keyId = kms.createKey().arn;
  environment = {
    ...process.env,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_TASK_QUEUE: taskQueue,
    WAXSEAL_PRIMARY_KEY: `awskms:///${keyId}?id=orders`,
    AWS_ENDPOINT_URL: kms.endpoint,
    AWS_ACCESS_KEY_ID: 'AKIDTEST',
    AWS_SECRET_ACCESS_KEY: 'any',
  };
  await runCommand(process.execPath, [join(DIST, 'bundle-workflows.js')], { environment });
}, 120_000);

afterAll(() => kms.close());

test('one invocation does the work that waits, and Temporal has envelopes', async () => {
  const invocation = await startServiceProcess(process.execPath, ['-e', INVOCATION], { environment });
  const makeCurrent = (): Promise<boolean> => {
    const version = ['--deployment-name', 'orders', '--build-id', '1', '--yes'];
    const args = ['worker', 'deployment', 'set-current-version', '--address', address, ...version];
    return runCommand(cli, args).then(
      () => true,
      () => false,
    );
  };
  // The deployment is there once the Worker has polled.
  expect(await waitUntil(makeCurrent, { timeoutMs: 15_000, intervalMs: 500 })).toBe(true);

  const connection = await Connection.connect({ address });
  const credentials = { accessKeyId: 'AKIDTEST', secretAccessKey: 'any' };
  const kmsClient = new KMSClient({ endpoint: kms.endpoint, region: 'eu-west-1', credentials });
  const primary = new AwsKmsKey({ client: kmsClient, keyId, id: 'orders' });
  const client = new Client({
    connection,
    plugins: [new EnvelopePlugin({ keyring: new Keyring({ primary }) })],
  });
  const handle = await client.workflow.start('order', { workflowId, taskQueue, args: ['4242'] });
  expect(await handle.result()).toBe('paid with card 4242');

  const { events } = await handle.fetchHistory();
  const [result] = events?.at(-1)?.workflowExecutionCompletedEventAttributes?.result?.payloads ?? [];
  expect(String(result?.metadata?.['encoding'])).toBe('binary/envelope');
  expect(await waitUntil(() => invocation.ended !== undefined, { timeoutMs: 30_000 })).toBe(true);
  expect(invocation.output()).toContain('INVOCATION ENDED');
  await connection.close();
  kmsClient.destroy();
}, 120_000);
