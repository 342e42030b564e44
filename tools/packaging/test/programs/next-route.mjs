// A route of Next.js that starts a workflow: app/order/route.js.
import { Client, Connection } from '@temporalio/client';
import { Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { EnvelopePlugin } from '@waxseal/temporal';

export const dynamic = 'force-dynamic';

export async function GET() {
  const keyring = new Keyring({ primary: new LocalKey({ id: 'k', key: Buffer.alloc(32, 1) }) });
  const plugin = new EnvelopePlugin({ keyring });
  const connection = await Connection.connect({ address: process.env.TEMPORAL_ADDRESS });
  const client = new Client({ connection, plugins: [plugin] });
  const handle = await client.workflow.start('none', {
    taskQueue: 'nobody',
    workflowId: `next-${String(process.pid)}-${String(Date.now())}`,
    args: ['secret'],
  });
  const history = await handle.fetchHistory();
  const [payload] = history.events[0].workflowExecutionStartedEventAttributes.input.payloads;
  await handle.terminate();
  const [opened] = await plugin.codec.decode([payload]);
  await connection.close();
  plugin.codec.close();
  return new globalThis.Response(
    `${Buffer.from(payload.metadata.encoding).toString()} ${Buffer.from(opened.data).toString()}`,
  );
}
