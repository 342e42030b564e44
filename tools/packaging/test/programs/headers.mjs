// A header from a client to a workflow, an activity, a child, and back out: sealed in Temporal, open for all of them.
import { Client, Connection } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { NativeConnection, Worker } from '@temporalio/worker';
import { Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { EnvelopePlugin } from '@waxseal/temporal';

async function main() {
  const { TEMPORAL_ADDRESS: address, WORKFLOWS } = process.env;
  const keyring = new Keyring({ primary: new LocalKey({ id: 'k', key: Buffer.alloc(32, 1) }) });
  const plugin = new EnvelopePlugin({ keyring, binding: 'workflow', headers: 'seal' });
  const connection = await NativeConnection.connect({ address });
  const taskQueue = `headers-${String(process.pid)}-${String(Date.now())}`;
  let inActivity;
  const inbound = {
    execute: (input, next) => {
      inActivity = defaultPayloadConverter.fromPayload(input.headers.tenant);
      return next(input);
    },
  };
  const workflows = { workflowsPath: WORKFLOWS, interceptors: { workflowModules: [WORKFLOWS] } };
  const worker = await Worker.create({
    connection,
    taskQueue,
    plugins: [plugin],
    ...workflows,
    interceptors: { ...workflows.interceptors, activity: [() => ({ inbound })] },
    activities: { echo: () => Promise.resolve(inActivity) },
  });
  const clientConnection = await Connection.connect({ address });
  const headers = { tenant: defaultPayloadConverter.toPayload('canary-1') };
  const start = (input, next) => next({ ...input, headers });
  const client = new Client({
    connection: clientConnection,
    plugins: [plugin],
    interceptors: { workflow: [{ start }] },
  });
  const handle = await client.workflow.start('relays', { taskQueue, workflowId: taskQueue });
  const received = await worker.runUntil(handle.result());
  const history = await handle.fetchHistory();
  const isClear = /canary/.test(
    history.events.map((event) => JSON.stringify(event, (_key, value) => textOf(value))).join('\n'),
  );
  await Worker.runReplayHistory({ ...workflows, plugins: [plugin] }, history, taskQueue);
  console.log(received.join(' '), isClear ? 'in clear' : 'sealed');
  await clientConnection.close();
  await connection.close();
  plugin.codec.close();
}

function textOf(value) {
  if (value?.type === 'Buffer') return Buffer.from(value.data).toString('latin1');
  return ArrayBuffer.isView(value) ? Buffer.from(value).toString('latin1') : value;
}

main().catch((error) => {
  console.error(`${error.name}: ${error.message}`);
  process.exit(1);
});
