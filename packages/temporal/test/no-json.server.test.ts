import { randomUUID } from 'node:crypto';

import { expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { searchBytes } from '@waxseal/bring-up';
import { Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { EnvelopePlugin } from '@waxseal/temporal';

import { serverEnvironment } from './support/server-environment';

it('the error of an activity holds up no workflow where the payload converter knows no JSON', async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const { address, namespace } = serverEnvironment();
  const run = randomUUID().slice(0, 8);
  const keyring = new Keyring({ primary: new LocalKey({ id: 'k', key: Buffer.alloc(32, 1) }) });
  const plugin = new EnvelopePlugin({ keyring });
  const dataConverter = { payloadConverterPath: require.resolve('./support/no-json-converter') };
  const connection = await Connection.connect({ address });
  const nativeConnection = await NativeConnection.connect({ address });
  const client = new Client({ connection, namespace, dataConverter, plugins: [plugin] });
  const worker = await Worker.create({
    connection: nativeConnection,
    namespace,
    taskQueue: run,
    dataConverter,
    plugins: [plugin],
    workflowsPath: require.resolve('./support/no-json-workflows'),
    activities: {
      declines: () => Promise.reject(ApplicationFailure.nonRetryable('declined', 'Declined', { card: 4111 })),
    },
  });
  const handle = await client.workflow.start('handsOn', { taskQueue: run, workflowId: run });
  const error: unknown = await worker.runUntil(handle.result().catch((caught: unknown) => caught));
  expect(error).toMatchObject({ cause: { message: 'read: declined [{"card":4111}]' } });
  const history = Buffer.from(JSON.stringify(await handle.fetchHistory()));
  expect(searchBytes(history, ['declined', '"card"'])).toEqual([]);
  await nativeConnection.close();
  await connection.close();
  plugin.codec.close();
});
