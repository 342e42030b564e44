import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { newPlugin } from './waxseal';
import type { order } from './workflows';

async function main(workflowId = `order-${Date.now().toString()}`): Promise<void> {
  const connection = await Connection.connect(loadClientConnectConfig().connectionOptions);
  const client = new Client({ plugins: [await newPlugin()], connection });
  const args: [string] = ['4242 4242 4242 4242'];
  const paid = await client.workflow.execute<typeof order>('order', {
    workflowId,
    taskQueue: 'aws-minimal',
    args,
  });
  console.log(`${workflowId}: ${paid}`);
  await connection.close();
}

void main(process.argv[2]);
