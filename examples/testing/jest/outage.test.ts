import { join } from 'node:path';
import { KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { AwsKmsKey } from '@waxseal/aws-kms';
import { Keyring } from '@waxseal/core';
import { EnvelopePlugin } from '@waxseal/temporal';
import { startAwsKmsDouble, type AwsKmsDouble } from '@waxseal/testing';
import { startTestEnvironment } from '../src/test-environment';

const workflowsPath = join(__dirname, '../src/workflows.ts');
const taskQueue = 'greetings';
let kms: AwsKmsDouble;
let env: TestWorkflowEnvironment;

/** The plugin of a process that has not asked AWS KMS for anything yet. */
function newEnvelope(): EnvelopePlugin {
  const { arn, region } = kms.createKey();
  const credentials = { accessKeyId: 'AKIDTEST', secretAccessKey: 'any' };
  const client = new KMSClient({ endpoint: kms.endpoint, region, credentials, maxAttempts: 1 });
  return new EnvelopePlugin({ keyring: new Keyring({ primary: new AwsKmsKey({ keyId: arn, client }) }) });
}

/** AWS KMS answers nothing but errors from here on. */
const breakKms = (): void => {
  kms.next({ error: 'KMSInternalException' }, 1_000);
};

beforeAll(async () => {
  kms = await startAwsKmsDouble();
  env = await startTestEnvironment([]);
}, 120_000);

afterAll(async () => {
  await env.teardown();
  await kms.close();
});

it('goes on while AWS KMS is away', async () => {
  const envelope = newEnvelope();
  const worker = await Worker.create({
    connection: env.nativeConnection,
    plugins: [envelope],
    taskQueue,
    workflowsPath,
  });
  const client = new Client({ connection: env.connection, plugins: [envelope] });
  const greet = (name: string) =>
    client.workflow.execute('greet', { workflowId: `greet-${name}`, taskQueue, args: [name] });
  await worker.runUntil(async () => {
    expect(await greet('Ada')).toBe('Hello, Ada');
    const asked = kms.requests.length;
    breakKms();
    expect(await greet('Grace')).toBe('Hello, Grace');
    expect(kms.requests).toHaveLength(asked);
  });
  kms.reset();
}, 120_000);

it('does not start while AWS KMS is away, rather than to poll and encrypt nothing', async () => {
  const envelope = newEnvelope();
  breakKms();
  const { nativeConnection: connection } = env;
  const created = Worker.create({ connection, plugins: [envelope], taskQueue, workflowsPath });
  await expect(created).rejects.toThrow('unavailable');
  kms.reset();
}, 120_000);
