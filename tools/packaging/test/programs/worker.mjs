// A Worker, with workflows that are bundled ahead where WORKFLOW_BUNDLE names the file; it runs one that fails.
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { EnvelopePlugin } from '@waxseal/temporal';

async function main() {
  const { TEMPORAL_ADDRESS: address, WORKFLOW_BUNDLE: codePath, WORKFLOWS, CONVERTER } = process.env;
  const keyring = new Keyring({ primary: new LocalKey({ id: 'k', key: Buffer.alloc(32, 1) }) });
  // What webpack makes of require.resolve() is a number.
  const failureConverterPath = CONVERTER === '7' ? 7 : CONVERTER;
  const plugin = new EnvelopePlugin({ keyring, failureConverterPath });
  const connection = await NativeConnection.connect({ address });
  const taskQueue = `bundled-${String(process.pid)}-${String(Date.now())}`;
  const worker = await Worker.create({
    connection,
    taskQueue,
    plugins: [plugin],
    ...(codePath === undefined ? { workflowsPath: WORKFLOWS } : { workflowBundle: { codePath } }),
  });
  const clientConnection = await Connection.connect({ address });
  const client = new Client({ connection: clientConnection, plugins: [plugin] });
  const handle = await client.workflow.start('fails', { taskQueue, workflowId: taskQueue, args: ['secret'] });
  const error = await worker.runUntil(handle.result().catch((caught) => caught));
  const failed = (await handle.fetchHistory()).events.at(-1).workflowExecutionFailedEventAttributes;
  console.log(failed.failure.message, '/', error.cause.message);
  await clientConnection.close();
  await connection.close();
  plugin.codec.close();
}

main().catch((error) => {
  console.error(`${error.name}: ${error.message}`);
  process.exit(1);
});
