import { randomBytes, randomUUID } from 'node:crypto';

import { afterAll, expect, it } from '@jest/globals';
import { context, propagation } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { Client, Connection } from '@temporalio/client';
import { OpenTelemetryPlugin, type OpenTelemetryPluginOptions } from '@temporalio/interceptors-opentelemetry';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import { searchBytes } from '@waxseal/bring-up';
import { Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { EnvelopePlugin } from '@waxseal/temporal';
import { temporal } from '@temporalio/proto';

import { serverEnvironment } from './support/server-environment';
import { traced } from './support/traced-workflows';

const { address, namespace } = serverEnvironment();

interface EndedSpan {
  readonly name: string;
  spanContext(): { readonly traceId: string; readonly spanId: string };
}

const spans: EndedSpan[] = [];
const processor = {
  onStart: () => undefined,
  onEnd: (span: EndedSpan) => spans.push(span),
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};
// The package is built against version 1 of OpenTelemetry's SDK, of whose classes it uses these members.
const options = {
  resource: { attributes: {} },
  spanProcessor: processor,
  tracer: new BasicTracerProvider({ spanProcessors: [processor] }).getTracer('test'),
} as unknown as OpenTelemetryPluginOptions;

const keyring = new Keyring({ primary: new LocalKey({ id: 'k', key: randomBytes(32) }) });
const envelope = new EnvelopePlugin({ keyring, binding: 'workflow', headers: 'seal' });

afterAll(() => {
  envelope.codec.close();
  context.disable();
  propagation.disable();
});

it("OpenTelemetry's own interceptors give one trace from client to child, in sealed headers", async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const plugins = [new OpenTelemetryPlugin(options), envelope];
  const connection = await Connection.connect({ address });
  const nativeConnection = await NativeConnection.connect({ address });
  const taskQueue = `traced-${randomUUID()}`;
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: require.resolve('./support/traced-workflows'),
    plugins,
  });
  const client = new Client({ connection, namespace, plugins: [...plugins] });
  const worker = await Worker.create({
    connection: nativeConnection,
    namespace,
    taskQueue,
    workflowBundle,
    activities: { work: () => Promise.resolve('done') },
    plugins: [...plugins],
  });
  const workflowId = taskQueue;
  const result = await worker.runUntil(client.workflow.execute(traced, { taskQueue, workflowId }));
  expect(result).toBe('done done');

  expect(spans.map(({ name }) => name).sort()).toEqual([
    'RunActivity:work',
    'RunActivity:work',
    'RunWorkflow:traced',
    'RunWorkflow:tracedChild',
    'StartActivity:work',
    'StartActivity:work',
    'StartChildWorkflow:tracedChild',
    'StartWorkflow:traced',
  ]);
  const traceIds = new Set(spans.map((span) => span.spanContext().traceId));
  expect(traceIds.size).toBe(1);

  const history = await client.workflow.getHandle(workflowId).fetchHistory();
  const bytes = temporal.api.history.v1.History.encode(history).finish();
  expect(searchBytes(bytes, ['_tracer-data']).length).toBeGreaterThan(0);
  expect(searchBytes(bytes, [...traceIds, 'traceparent'])).toEqual([]);
  await nativeConnection.close();
  await connection.close();
});

it('a plugin whose headers nobody would seal is refused', async () => {
  const plugins = [envelope, new OpenTelemetryPlugin(options)];
  expect(() => new Client({ plugins: [...plugins] })).toThrow(/must be the last plugin.*OpenTelemetryPlugin/);
  await expect(Worker.create({ taskQueue: 'q', plugins: [...plugins] })).rejects.toMatchObject({
    code: 'WAXSEAL_CONFIGURATION',
  });
});
