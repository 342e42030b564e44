import { randomBytes, randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client, Connection, WorkflowFailedError } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { EnvelopePlugin } from '@waxseal/temporal';

import { migrationActivities } from './support/migration-activities';
import { proceed, type Report } from './support/migration-workflows';
import { serverEnvironment } from './support/server-environment';

/** Versions of an application: without Waxseal, and the three stages of docs/migrating.md. */
type Version = 'old' | 'reads' | 'encrypts' | 'requires';

/**
 * The order in which workers are replaced: at each step the next one joins and the one before the last goes,
 * so that two are there at any time. Forwards, and all the way back.
 */
const ROLLOUT: readonly Version[] = [
  ...(['old', 'old', 'reads', 'encrypts', 'requires'] as const),
  ...(['encrypts', 'reads', 'old', 'old'] as const),
];

/**
 * Executions that outlive steps: from which to which. What plaintext is in ends before a worker refuses it,
 * and what envelopes are in before a worker does not know them.
 */
const JOURNEYS = [
  { from: 0, to: 2 },
  { from: 3, to: 5 },
  { from: 6, to: 7 },
];

const { address, namespace } = serverEnvironment();
const run = randomUUID().slice(0, 8);
const material = randomBytes(32);
const encodedInClear: Version[] = [];
const bundles = new Map<Version, WorkflowBundleWithSourceMap>();
/** Those that run now. */
const workers: { readonly worker: Worker; readonly running: Promise<void> }[] = [];
let connection: Connection;
/** Two workers of one task queue need two. */
let nativeConnections: readonly [NativeConnection, NativeConnection];

function pluginOf(version: Version): EnvelopePlugin[] {
  if (version === 'old') return [];
  return [
    new EnvelopePlugin({
      keyring: new Keyring({ primary: new LocalKey({ id: 'orders', key: material }) }),
      encrypt: version !== 'reads',
      requireEncryption: version === 'requires',
      telemetry: {
        payloadsProcessed: (operation, form) => {
          if (operation === 'encode' && form === 'plaintext') encodedInClear.push(version);
        },
      },
    }),
  ];
}

const plugins: Readonly<Record<Version, EnvelopePlugin[]>> = {
  old: pluginOf('old'),
  reads: pluginOf('reads'),
  encrypts: pluginOf('encrypts'),
  requires: pluginOf('requires'),
};
const clientOf = (version: Version): Client =>
  new Client({ connection, namespace, plugins: [...plugins[version]] });

async function join(
  version: Version,
  connectionNumber: number,
): Promise<{ worker: Worker; running: Promise<void> }> {
  const worker = await Worker.create({
    connection: nativeConnections[connectionNumber % 2] as NativeConnection,
    namespace,
    taskQueue: run,
    workflowBundle: bundles.get(version === 'requires' ? 'encrypts' : version) as WorkflowBundleWithSourceMap,
    activities: migrationActivities,
    plugins: [...plugins[version]],
    // Each task of a workflow goes to any of the workers, which reads the whole history.
    maxCachedWorkflows: 0,
    shutdownGraceTime: 0,
  });
  return { worker, running: worker.run() };
}

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  connection = await Connection.connect({ address });
  nativeConnections = [
    await NativeConnection.connect({ address }),
    await NativeConnection.connect({ address }),
  ];
  const workflowsPath = require.resolve('./support/migration-workflows');
  const logger = new DefaultLogger('ERROR');
  for (const version of ['old', 'reads', 'encrypts'] as const) {
    bundles.set(version, await bundleWorkflowCode({ workflowsPath, plugins: [...plugins[version]], logger }));
  }
}, 60_000);

afterAll(async () => {
  for (const { worker } of workers) worker.shutdown();
  await Promise.all(workers.map(({ running }) => running));
  for (const each of nativeConnections) await each.close();
  await connection.close();
  for (const [plugin] of Object.values(plugins)) plugin?.codec.close();
});

const reportOf = (text: string): Report => ({
  echo: text,
  failures: [
    [`declined ${text}`, `[{"card":"${text}"}]`, `cause ${text}`],
    [`failed ${text}`, `["${text}"]`],
  ],
});

it('a rolling deployment onto encryption, and back, fails and holds up no workflow', async () => {
  workers.push(await join(ROLLOUT[0] as Version, 0));
  const executions: { id: string; step: number }[] = [];
  const idOf = (kind: string, step: number): string => {
    executions.push({ id: `${kind}-${run}`, step });
    return `${kind}-${run}`;
  };
  for (let step = 0; step + 1 < ROLLOUT.length; step++) {
    const versions = ROLLOUT.slice(step, step + 2);
    workers.push(await join(ROLLOUT[step + 1] as Version, step + 1));
    const traffic = versions.map(async (version, index) => {
      const client = clientOf(version);
      const text = `canary-${run}-${String(step)}-${version}-${String(index)}`;
      const id = (kind: string): string => idOf(`${kind}-${String(step)}-${String(index)}`, step);
      const options = { taskQueue: run, args: [text], memo: { text } };
      const goes: Promise<unknown> = client.workflow.execute('trip', { ...options, workflowId: id('trip') });
      const fails: Promise<unknown> = client.workflow.execute('fails', {
        ...options,
        workflowId: id('fails'),
      });
      const goesOn = JOURNEYS.map(async ({ from, to }, number) => {
        // The step that a journey begins or ends with is driven by one client alone.
        if (step < from || step > to || (index === 1 && (step === from || step === to))) return;
        const workflowId =
          step === from ? idOf(`journey-${String(number)}`, step) : `journey-${String(number)}-${run}`;
        const args = [2 * (to - from + 1) - 2];
        if (step === from) await client.workflow.start('journey', { ...options, args, workflowId });
        const handle = client.workflow.getHandle(workflowId);
        expect(await handle.executeUpdate(proceed, { args: [text] })).toEqual(reportOf(text));
        if (step === to) expect(await handle.result()).toContainEqual(reportOf(text));
      });
      const [report, error] = await Promise.all([goes, fails.catch((caught: unknown) => caught), ...goesOn]);
      expect(report).toEqual(reportOf(text));
      expect(error).toBeInstanceOf(WorkflowFailedError);
      expect(error).toMatchObject({ cause: { message: `failed ${text}`, type: 'Failed', details: [text] } });
    });
    await Promise.all(traffic);
    const [leaving] = workers.splice(0, 1);
    leaving?.worker.shutdown();
    await leaving?.running;
  }
  const { EVENT_TYPE_WORKFLOW_TASK_FAILED, EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT } =
    temporal.api.enums.v1.EventType;
  const raw = new Client({ connection, namespace });
  for (const { id, step } of executions) {
    const history = await raw.workflow.getHandle(id).fetchHistory();
    const types = (history.events ?? []).map(({ eventType }) => eventType);
    expect([id, types.includes(EVENT_TYPE_WORKFLOW_TASK_FAILED)]).toEqual([id, false]);
    expect([id, types.includes(EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT)]).toEqual([id, false]);
    const bytes = Buffer.from(temporal.api.history.v1.History.encode(history).finish());
    const isMixed = id.startsWith('journey');
    const versions = new Set(ROLLOUT.slice(step, step + 2));
    const mayEncrypt = versions.has('encrypts') || versions.has('requires');
    const mayWriteClear = versions.has('old') || versions.has('reads');
    if (!isMixed && !mayEncrypt) expect([id, bytes.includes('binary/envelope')]).toEqual([id, false]);
    if (!isMixed && !mayEncrypt) expect([id, bytes.includes('Encoded failure')]).toEqual([id, false]);
    if (!isMixed && !mayWriteClear) expect([id, bytes.includes('canary')]).toEqual([id, false]);
  }
  expect(executions).toHaveLength(4 * (ROLLOUT.length - 1) + JOURNEYS.length);
  expect(new Set(encodedInClear)).toEqual(new Set(['reads']));
}, 90_000);
