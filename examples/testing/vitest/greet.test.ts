import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { EnvelopePlugin } from '@waxseal/temporal';
import { startTestEnvironment } from '../src/test-environment';
import type { greet } from '../src/workflows';

const workflowsPath = join(__dirname, '../src/workflows.ts');
const keyring = new Keyring({ primary: new LocalKey({ id: 'test', key: randomBytes(32) }) });
const envelope = new EnvelopePlugin({ keyring });
const taskQueue = 'greetings';
let env: TestWorkflowEnvironment;
let worker: Worker;

beforeAll(async () => {
  env = await startTestEnvironment([envelope]);
  const { nativeConnection: connection } = env;
  worker = await Worker.create({ connection, plugins: [envelope], taskQueue, workflowsPath });
}, 120_000);

afterAll(() => env.teardown());

const greetMallory = () =>
  env.client.workflow.execute<typeof greet>('greet', {
    workflowId: 'greet-mallory',
    taskQueue,
    args: ['Mallory'],
  });

it('greets, encrypts and replays', async () => {
  const { result, refused, history } = await worker.runUntil(async () => {
    const handle = await env.client.workflow.start<typeof greet>('greet', {
      workflowId: 'greet-ada',
      taskQueue,
      args: ['Ada'],
    });
    return {
      result: await handle.result(),
      refused: await greetMallory().catch((error: unknown) => error),
      history: await handle.fetchHistory(),
    };
  });

  // The application sees plain text, of errors too.
  expect(result).toBe('Hello, Ada');
  expect(refused).toMatchObject({ cause: { message: 'Mallory is not greeted' } });

  // Temporal has envelopes.
  const [started] = history.events ?? [];
  const [input] = started?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  expect(String(input?.metadata?.['encoding'])).toBe('binary/envelope');
  expect(Buffer.from(input?.data ?? []).includes('Ada')).toBe(false);

  // A replay needs the same keys.
  await Worker.runReplayHistory({ plugins: [envelope], workflowsPath }, history);
}, 120_000);
