// A program that only starts workflows: a function, a route of a web server.
import { Client, Connection } from '@temporalio/client';
import { Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { EnvelopePlugin } from '@waxseal/temporal';

async function main() {
  const keyring = new Keyring({ primary: new LocalKey({ id: 'k', key: Buffer.alloc(32, 1) }) });
  const plugin = new EnvelopePlugin({ keyring });
  const connection = await Connection.connect({ address: process.env.TEMPORAL_ADDRESS });
  // Registered twice, as where a connection has the plugin too.
  const client = new Client({ connection, plugins: [plugin, plugin] });
  const handle = await client.workflow.start('none', {
    taskQueue: 'nobody',
    workflowId: `bundled-${String(process.pid)}-${String(Date.now())}`,
    args: ['secret'],
  });
  const history = await handle.fetchHistory();
  const [payload] = history.events[0].workflowExecutionStartedEventAttributes.input.payloads;
  await handle.terminate();
  const [opened] = await client.options.loadedDataConverter.payloadCodecs[0].decode([payload]);
  console.log(Buffer.from(payload.metadata.encoding).toString(), Buffer.from(opened.data).toString());
  await connection.close();
  plugin.codec.close();
}

main().catch((error) => {
  console.error(`${error.name}: ${error.message}`);
  process.exit(1);
});
