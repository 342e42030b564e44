import { Client, Connection } from '@temporalio/client';

const address = process.env['WAXSEAL_TEST_TEMPORAL_ADDRESS'] ?? '';
const namespace = process.env['WAXSEAL_TEST_TEMPORAL_NAMESPACE'] ?? '';

/** What Temporal has of the input of a workflow: its encoding, and whether a text stands in it. */
export async function storedInput(workflowId: string, text: string): Promise<readonly [string, boolean]> {
  const connection = await Connection.connect({ address });
  const handle = new Client({ connection, namespace }).workflow.getHandle(workflowId);
  const { events } = await handle.fetchHistory();
  await handle.terminate();
  await connection.close();
  const [input] = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  return [String(input?.metadata?.['encoding']), Buffer.from(input?.data ?? []).includes(text)];
}
