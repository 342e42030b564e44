import { randomBytes, randomUUID } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { searchBytes } from '@waxseal/bring-up';
import { ZlibCodec } from '@waxseal/compression';
import { Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { EnvelopePlugin } from '@waxseal/temporal';
import { workflowBundle } from '@waxseal/test-support/workflow-bundle';

import { outageActivities } from './support/outage-activities';
import { serverEnvironment } from './support/server-environment';
import { switchableKey } from './support/switchable-key';

const REDACTED = 'Redacted by Waxseal: this part of the failure could not be encrypted.';
const OUTAGE_MS = 1_500;

/** A codec that hides what is in a payload. */
const compressor = new ZlibCodec({ threshold: 0, alwaysEncode: true });

// The outage is on purpose; its errors would fill the terminal.
Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });

describe('a failure that cannot be encrypted', () => {
  // Each waits 10 s for the next attempt, with a key and a Worker of its own.
  it.concurrent.each([
    ['alone', [], false],
    ['alone, where everything must be encrypted', [], true],
    ['behind a compressor', [compressor], false],
  ])(
    'is redacted, and the Worker goes on (envelope codec %s)',
    async (_name, payloadCodecs, requireEncryption) => {
      const { address, namespace } = serverEnvironment();
      const run = randomUUID().slice(0, 8);
      const key = switchableKey(new LocalKey({ id: 'outage-key', key: randomBytes(32) }));
      // One wrap for each payload: what is encoded in an outage meets it.
      const plugin = new EnvelopePlugin({
        keyring: new Keyring({ primary: key }),
        dataKeys: { maxMessages: 1 },
        requireEncryption,
      });
      const connection = await Connection.connect({ address });
      const nativeConnection = await NativeConnection.connect({ address });
      const dataConverter = { payloadCodecs };
      const client = new Client({ connection, namespace, dataConverter, plugins: [plugin] });
      const worker = await Worker.create({
        connection: nativeConnection,
        namespace,
        taskQueue: run,
        dataConverter,
        plugins: [plugin],
        workflowBundle: await workflowBundle(require.resolve('./support/outage-workflows'), [plugin]),
        activities: outageActivities(() => {
          key.isDown = true;
          setTimeout(() => {
            key.isDown = false;
          }, OUTAGE_MS);
        }),
      });
      const states: string[] = [];
      const watch = setInterval(() => states.push(worker.getState()), 100);
      const running = worker.run();
      try {
        const secret = `canary-outage-${run}`;
        const handle = await client.workflow.start('meetsAnOutage', {
          workflowId: run,
          taskQueue: run,
          args: [secret],
        });
        const ended = running.then(() => 'the Worker ended');
        expect(await Promise.race([handle.result(), ended])).toEqual({
          message: REDACTED,
          type: 'CardDeclined',
          details: [REDACTED],
        });
        expect(worker.getState()).toBe('RUNNING');
        expect(new Set(states)).toEqual(new Set(['RUNNING']));
        const history = JSON.stringify(await handle.fetchHistory());
        expect(searchBytes(Buffer.from(history), [secret])).toEqual([]);
      } finally {
        clearInterval(watch);
        worker.shutdown();
        await running;
        await nativeConnection.close();
        await connection.close();
        plugin.codec.close();
      }
    },
  );
});
