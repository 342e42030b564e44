import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { runCommand, startServiceProcess, waitUntil, type ServiceProcess } from '@waxseal/bring-up';
import { startAwsKmsDouble, type AwsKmsDouble } from '@waxseal/testing';

const EXAMPLE = join(__dirname, '..');
const address = process.env['WAXSEAL_TEST_TEMPORAL_ADDRESS'] ?? '';
const namespace = process.env['WAXSEAL_TEST_TEMPORAL_NAMESPACE'] ?? '';
const workflowId = `aws-minimal-${String(process.pid)}`;
let kms: AwsKmsDouble;
let worker: ServiceProcess;
let environment: NodeJS.ProcessEnv;

/** A script of the example, without npm between it and the signal that ends it. */
function script(name: string): string[] {
  const text = readFileSync(join(EXAMPLE, 'package.json'), 'utf8');
  const { scripts } = JSON.parse(text) as { readonly scripts: Readonly<Record<string, string>> };
  const [, file = ''] = /^tsx (\S+)$/.exec(scripts[name] ?? '') ?? [];
  return ['--import', 'tsx', join(EXAMPLE, file)];
}

beforeAll(async () => {
  kms = await startAwsKmsDouble();
  environment = {
    ...process.env,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    WAXSEAL_PRIMARY_KEY: `awskms:///${kms.createKey().arn}?id=orders`,
    AWS_ENDPOINT_URL: kms.endpoint,
    AWS_ACCESS_KEY_ID: 'AKIDTEST',
    AWS_SECRET_ACCESS_KEY: 'any',
  };
  worker = await startServiceProcess(process.execPath, script('worker'), { environment });
}, 120_000);

afterAll(async () => {
  await worker.stop();
  await kms.close();
});

it('runs as its README says, and stores no card', async () => {
  const readme = readFileSync(join(EXAMPLE, 'README.md'), 'utf8');
  expect(readme).toContain('npm run worker &\nnpm run client\n');
  expect(await waitUntil(() => worker.output().includes('RUNNING'), { timeoutMs: 60_000 })).toBe(true);
  const client = [...script('client'), workflowId];
  expect(await runCommand(process.execPath, client, { environment })).toContain(
    `${workflowId}: paid with card 4242 4242 4242 4242`,
  );

  const connection = await Connection.connect({ address });
  const { events } = await new Client({ connection, namespace }).workflow
    .getHandle(workflowId)
    .fetchHistory();
  const [input] = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  const [result] = events?.at(-1)?.workflowExecutionCompletedEventAttributes?.result?.payloads ?? [];
  for (const payload of [input, result]) {
    expect(String(payload?.metadata?.['encoding'])).toBe('binary/envelope');
    expect(String(payload?.metadata?.['encryption-key-id'])).toBe('orders');
    expect(Buffer.from(payload?.data ?? []).includes('4242')).toBe(false);
  }
  await connection.close();
}, 120_000);
