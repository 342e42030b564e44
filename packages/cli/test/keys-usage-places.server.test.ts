import { randomBytes, randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { startTemporal, waitUntil } from '@waxseal/bring-up';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { jsonPayload } from '@waxseal/test-support';
import { makeNamespace } from '@waxseal/test-support/namespace';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { waxseal } from './support/waxseal';

const { COMMAND_TYPE_SCHEDULE_NEXUS_OPERATION: SCHEDULE } = temporal.api.enums.v1.CommandType;
const { WORKER_VERSIONING_MODE_VERSIONED: VERSIONED } = temporal.api.enums.v1.WorkerVersioningMode;
const address = process.env['WAXSEAL_TEST_TEMPORAL_ADDRESS'] ?? '';
const run = randomUUID().slice(0, 8);
const namespace = `places-${run}`;
const taskQueue = `places-${run}`;
const environment = {
  HOME: temporaryDirectory(),
  XDG_CONFIG_HOME: undefined,
  TEMPORAL_ADDRESS: address,
  TEMPORAL_NAMESPACE: namespace,
};

let connection: Connection;
let client: Client;

beforeAll(async () => {
  connection = await Connection.connect({ address });
  client = new Client({ connection, namespace });
  await makeNamespace(connection, namespace);
}, 60_000);
afterAll(() => connection.close());

/** A payload under a key of its own, so that the report tells it from all others. */
async function sealedUnder(id: string): Promise<Payload> {
  const key = new LocalKey({ id, key: randomBytes(32) });
  const [sealed = {}] = await new EnvelopeCodec({ keyring: new Keyring({ primary: key }) }).encode([
    jsonPayload('confidential'),
  ]);
  return sealed;
}

interface KeyOfReport {
  readonly id: string;
  readonly payloads: number;
  readonly kinds: Readonly<Record<string, number>>;
  readonly neededBy: readonly { readonly what: string; readonly count: number }[];
}

/** What the report says of a key. */
async function reported(
  id: string,
  place: Readonly<Record<string, string | undefined>> = environment,
): Promise<KeyOfReport | undefined> {
  const { stdout, exitCode, stderr } = await waxseal(['keys', 'usage', '--json'], '', place);
  if (exitCode !== 0) throw new Error(stderr);
  const { keys } = JSON.parse(stdout) as { readonly keys: readonly KeyOfReport[] };
  return keys.find((key) => key.id === id);
}

describe('keys usage counts on a server', () => {
  it('the input of a Nexus operation that is pending', async () => {
    const endpoint = `places-${run}`;
    await connection.operatorService.createNexusEndpoint({
      spec: { name: endpoint, target: { worker: { namespace, taskQueue: `nobody-${run}` } } },
    });
    const workflowId = `nexus-${run}`;
    await client.workflow.start('caller', { workflowId, taskQueue });
    const { taskToken } = await connection.withDeadline(Date.now() + 30_000, () =>
      connection.workflowService.pollWorkflowTaskQueue({ namespace, taskQueue: { name: taskQueue } }),
    );
    const command = {
      commandType: SCHEDULE,
      scheduleNexusOperationCommandAttributes: {
        endpoint,
        service: 'shop',
        operation: 'order',
        input: await sealedUnder('nexus-key'),
      },
    };
    // The server learns of an endpoint when it next looks.
    const answer = (): Promise<boolean> =>
      connection.workflowService
        .respondWorkflowTaskCompleted({ namespace, taskToken, commands: [command] })
        .then(
          () => true,
          () => false,
        );
    expect(await waitUntil(answer, { intervalMs: 500 })).toBe(true);
    const isPending = async (): Promise<boolean> => {
      const { raw } = await client.workflow.getHandle(workflowId).describe();
      return (raw.pendingNexusOperations ?? []).length === 1;
    };
    expect(await waitUntil(isPending)).toBe(true);

    expect(await reported('nexus-key')).toMatchObject({
      payloads: 1,
      kinds: { nexus: 1 },
      neededBy: [{ what: 'open executions', count: 1 }],
    });
  }, 120_000);

  it('metadata of the version of a worker deployment', async () => {
    const deploymentVersion = { deploymentName: `shop-${run}`, buildId: 'v1' };
    const deploymentOptions = { ...deploymentVersion, workerVersioningMode: VERSIONED };
    const { workflowService } = connection;
    const polling = connection
      .withDeadline(Date.now() + 5_000, () =>
        workflowService.pollWorkflowTaskQueue({
          namespace,
          taskQueue: { name: `versioned-${run}` },
          deploymentOptions,
        }),
      )
      .catch(() => undefined);
    const metadata = await sealedUnder('deployment-key');
    const update = (): Promise<boolean> =>
      workflowService
        .updateWorkerDeploymentVersionMetadata({
          namespace,
          deploymentVersion,
          upsertEntries: { owner: metadata },
        })
        .then(
          () => true,
          () => false,
        );
    expect(await waitUntil(update, { intervalMs: 500 })).toBe(true);

    const isCounted = async (): Promise<boolean> => (await reported('deployment-key')) !== undefined;
    expect(await waitUntil(isCounted, { intervalMs: 500 })).toBe(true);
    expect(await reported('deployment-key')).toMatchObject({
      payloads: 1,
      neededBy: [{ what: 'deployments', count: 1 }],
    });
    await polling;
  }, 120_000);

  it('the input of a Nexus operation of its own, open and closed', async () => {
    // A server of its own: this kind of execution is off by default.
    const server = await startTemporal({
      dynamicConfig: { 'nexusoperation.enableStandalone': true, 'nexus.enableStandaloneOperation': true },
      environment: { ...process.env, TEMPORAL_ADDRESS: undefined },
    });
    const own = await Connection.connect({ address: server.address });
    try {
      const endpoint = `places-${run}`;
      await own.operatorService.createNexusEndpoint({
        spec: { name: endpoint, target: { worker: { namespace: 'default', taskQueue: 'nobody' } } },
      });
      const start = async (operationId: string, keyId: string): Promise<boolean> =>
        own.workflowService
          .startNexusOperationExecution({
            namespace: 'default',
            operationId,
            endpoint,
            service: 'shop',
            operation: 'order',
            input: await sealedUnder(keyId),
            requestId: randomUUID(),
          })
          .then(
            () => true,
            () => false,
          );
      expect(await waitUntil(() => start('open', 'open-operation'), { intervalMs: 500 })).toBe(true);
      expect(await start('closed', 'closed-operation')).toBe(true);
      await own.workflowService.terminateNexusOperationExecution({
        namespace: 'default',
        operationId: 'closed',
        requestId: randomUUID(),
        reason: 'closed by the test',
      });
      const place = { ...environment, TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: 'default' };
      const isListed = async (): Promise<boolean> =>
        (await reported('open-operation', place)) !== undefined &&
        (await reported('closed-operation', place))?.neededBy[0]?.what === 'closed Nexus operations';
      expect(await waitUntil(isListed, { intervalMs: 500 })).toBe(true);
      expect(await reported('open-operation', place)).toMatchObject({
        payloads: 1,
        neededBy: [{ what: 'open Nexus operations', count: 1 }],
      });
    } finally {
      await own.close();
      await server.stop();
    }
  }, 120_000);
});
