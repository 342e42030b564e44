import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection, Worker } from '@temporalio/worker';
import { newPlugin } from './waxseal';

async function main(): Promise<void> {
  const connection = await NativeConnection.connect(loadClientConnectConfig().connectionOptions);
  const worker = await Worker.create({
    plugins: [await newPlugin()],
    connection,
    taskQueue: 'aws-minimal',
    workflowsPath: require.resolve('./workflows'),
  });
  await worker.run();
  await connection.close();
}

void main();
