import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { FernetCodec, SamplesCodec } from '@waxseal/compat';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { EnvelopePlugin } from '@waxseal/temporal';
import { rejectionOf } from '@waxseal/test-support';
import { workflowBundle } from '@waxseal/test-support/workflow-bundle';

import { KEYS } from './support/peers';
import { findPythonFleet } from './support/python';

const address = process.env['WAXSEAL_TEST_TEMPORAL_ADDRESS'] ?? '';
const namespace = process.env['WAXSEAL_TEST_TEMPORAL_NAMESPACE'] ?? 'default';
const run = randomUUID().slice(0, 8);
const card = `4242-${run}`;
const key = Buffer.from(KEYS.samples);

let connection: Connection;
let nativeConnection: NativeConnection;
let plugin: EnvelopePlugin;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const keyring = new Keyring({ primary: new LocalKey({ id: 'orders', key: Buffer.alloc(32, 7) }) });
  plugin = new EnvelopePlugin({
    codecs: [
      new SamplesCodec({ keys: { 'test-key-id': key } }),
      new FernetCodec({ keys: [key] }),
      new EnvelopeCodec({ keyring }),
    ],
  });
  connection = await Connection.connect({ address });
  nativeConnection = await NativeConnection.connect({ address });
});

afterAll(async () => {
  plugin.codec.close();
  await connection.close();
  await nativeConnection.close();
});

describe.each(['samples', 'fernet'])('a fleet in Python that encrypts by %s', (codec) => {
  it(
    'is read by a client of Waxseal, and its executions are run by a Worker',
    async () => {
      const fleet = await findPythonFleet();
      if (typeof fleet === 'string') {
        if (process.env['CI'] === 'true') throw new Error(fleet);
        process.stderr.write(`The fleet in Python is not run: ${fleet}\n`);
        return;
      }
      const prefix = `python-${codec}-${run}`;
      const taskQueue = `${prefix}-typescript`;
      const args = [
        address,
        namespace,
        `${prefix}-python`,
        taskQueue,
        codec,
        key.toString('hex'),
        prefix,
        card,
      ];
      const program = join(__dirname, 'peers/fleet.py');
      await promisify(execFile)(fleet.python, ['-B', program, ...args], { env: fleet.environment });

      const client = new Client({ connection, namespace, plugins: [plugin] });
      const done = client.workflow.getHandle(`${prefix}-done`);
      expect(await done.result()).toEqual([card, `told-${card}`]);
      expect((await done.describe()).memo).toEqual({ note: card });
      const error = await rejectionOf(() => client.workflow.getHandle(`${prefix}-failed`).result());
      expect((error.cause as Error).message).toBe(`It says ${card}`);
      expect(error.cause).toMatchObject({ details: [card] });

      const worker = await Worker.create({
        connection: nativeConnection,
        namespace,
        taskQueue,
        plugins: [plugin],
        workflowBundle: await workflowBundle(require.resolve('./support/workflows'), [plugin]),
        activities: { echo: (value: string) => Promise.resolve(value) },
      });
      const open = client.workflow.getHandle(`${prefix}-open`);
      expect(await worker.runUntil(open.result())).toEqual([card, `told-${card}`]);
      expect(JSON.stringify(await open.fetchHistory())).not.toContain(card);
    },
    // The first time, two packages are installed.
    300_000,
  );
});
