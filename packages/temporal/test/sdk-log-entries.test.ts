import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';
import { ApplicationFailure, SdkComponent, type LogMetadata } from '@temporalio/common';
import { DefaultLogger } from '@temporalio/worker';

import { redactingLogger } from '../src';

const CANARY = '4111-1111-Lovelace';

/** A call of a logger in the SDK's sources: `logger.warn('text'`, also of a template. */
const CALL =
  /(?:logger|\blog)\??\.(?:trace|debug|info|warn|error|log)\(\s*(?:'([^'\n]*)'|"([^"\n]*)"|`([^`\n]*))/g;

function sourcesBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'));
}

/** The beginnings of all entries that the SDK writes in the main thread or in the sandbox. */
function messagesInSources(): string[] {
  const found = new Set<string>();
  for (const name of ['worker', 'client', 'common', 'activity', 'workflow', 'nexus']) {
    const directory = dirname(require.resolve(`@temporalio/${name}/package.json`));
    for (const source of sourcesBelow(join(directory, 'lib'))) {
      for (const [, single, double, template] of source.matchAll(CALL)) {
        found.add((single ?? double ?? template ?? '').replace(/\$\{.*/s, ''));
      }
    }
  }
  return [...found].filter((message) => message !== '').sort();
}

/** Everything that could carry data of the application, as the SDK's entries hold it. */
function metaWithCanaries(error: unknown): LogMetadata {
  const data = { card: CANARY, workflowId: CANARY, status: CANARY, amount: 41111111 };
  return {
    sdkComponent: SdkComponent.worker,
    namespace: 'shop',
    workflowId: 'order-1',
    activityType: 'charge',
    attempt: 2,
    durationMs: 3,
    error,
    err: error,
    exitError: error,
    reason: error,
    workflowInfo: {
      workflowId: 'order-1',
      runId: 'run-1',
      memo: data,
      searchAttributes: { customer: [CANARY] },
      lastResult: data,
      lastFailure: ApplicationFailure.nonRetryable(CANARY, 'Declined', CANARY),
      typedSearchAttributes: { pairs: [CANARY] },
      unsafe: data,
      parent: { workflowId: 'parent-1', memo: data, parent: { memo: data } },
    },
    task: JSON.stringify({ start: { input: [CANARY], headerFields: data } }),
    taskEncoded: Buffer.from(CANARY).toString('base64') + CANARY,
    activation: { jobs: [{ initializeWorkflow: { arguments: [data], memo: data } }] },
    variant: 'start',
    start: { input: [data], heartbeatDetails: [data], activityType: CANARY },
    jobs: [{ signalWorkflow: { input: [data] } }],
    options: { taskQueue: 'orders', activities: data, dataConverter: { payloadCodecs: [data] }, sinks: data },
    exitCode: 1,
    bytes: Buffer.from(CANARY),
    text: CANARY,
    list: [CANARY, data],
    number: 41111111,
    method: 'run',
  };
}

function logged(message: string, meta: LogMetadata): string {
  const lines: string[] = [];
  const logger = redactingLogger(
    new DefaultLogger('TRACE', (entry) =>
      lines.push(`${entry.message} ${inspect(entry.meta, { depth: 20, maxArrayLength: null })}`),
    ),
  );
  logger.error(message, meta);
  return lines.join('\n');
}

const ENTRIES = [
  'Activity Worker terminated',
  'Activity failed, waiting for heartbeats to be flushed',
  'Activity resolved',
  'Cancelling Nexus handler',
  'Cancelling activity',
  'Completed activation',
  'Core reported failure in completeWorkflowActivation(). Initiating Worker shutdown.',
  'Creating worker',
  'Creating workflow',
  'Disposing workflow',
  'External sink function threw an error',
];

describe('entries that the SDK writes of its own accord', () => {
  const messages = messagesInSources();

  it('are found in its sources', () => {
    expect(messages).toEqual(expect.arrayContaining(ENTRIES));
    expect(messages.length).toBeGreaterThan(50);
  });

  it.each(messages)('hold no data of the application: %s', (message) => {
    const thrown: unknown[] = [
      new Error(CANARY),
      Object.assign(new Error('outer', { cause: new TypeError(CANARY) }), { details: [CANARY] }),
      ApplicationFailure.nonRetryable(CANARY, 'Declined', { card: CANARY }),
      new AggregateError([new Error(CANARY)], 'several'),
      CANARY,
      { card: CANARY },
      41111111,
      Symbol(CANARY),
    ];
    for (const error of thrown) {
      const repeated = error instanceof Error ? error.message : error === thrown[5] ? '' : inspect(error);
      const text = logged(`${message}${repeated}`, metaWithCanaries(error));
      expect(text).not.toContain(CANARY);
      expect(text).not.toContain('41111111');
      for (const kept of ["workflowId: 'order-1'", "runId: 'run-1'", "taskQueue: 'orders'", 'durationMs: 3'])
        expect(text).toContain(kept);
      // The error in the place of the fields, as a worker thread's is logged.
      const alone = logged(`${message}: ${repeated}`, error as LogMetadata);
      expect(alone).not.toContain(CANARY);
    }
  });
});
