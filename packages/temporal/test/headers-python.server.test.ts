import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes, randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';

import { beforeAll, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { NativeConnection, Worker } from '@temporalio/worker';
import { findFirst, placesOfPypi, runCommand, searchBytes } from '@waxseal/bring-up';
import { createCodecServer, listen } from '@waxseal/codec-server';
import { Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { EnvelopePlugin } from '@waxseal/temporal';
import { temporal } from '@temporalio/proto';

import { HEADER } from './support/header-workflows';
import { serverEnvironment } from './support/server-environment';

const { address, namespace } = serverEnvironment();

/** Python with Temporal's SDK; `undefined` where there is none and none can be had. */
let python: string | undefined;

beforeAll(async () => {
  const places = placesOfPypi(
    {
      requirement: 'temporalio',
      name: 'temporalio',
      version: '1.35.0',
      programIn: (environment) => join(environment, 'bin', 'python'),
      check: (path) => {
        if (!existsSync(path)) throw new Error('there is none');
        return runCommand(path, ['-c', 'import temporalio.worker'], { timeoutMs: 60_000 });
      },
    },
    process.env,
  );
  const { value, tried } = await findFirst(places);
  if (value === undefined && process.env['CI'] === 'true') throw new Error(JSON.stringify(tried));
  if (value === undefined) console.warn('Not run: there is no temporalio for Python.', tried);
  python = value;
}, 300_000);

it("Python's SDK with HeaderCodecBehavior.CODEC opens what the plugin seals, and the plugin what it seals", async () => {
  if (python === undefined) return;
  const run = randomUUID().slice(0, 8);
  const [taskQueue, pythonTaskQueue] = [`headers-${run}`, `headers-python-${run}`];
  const keyring = new Keyring({ primary: new LocalKey({ id: 'k', key: randomBytes(32) }) });
  const plugin = new EnvelopePlugin({ keyring, binding: 'workflow', headers: 'seal' });
  const { codec } = plugin;
  const codecServer = await listen(createCodecServer({ codec, allowEncode: true }), { port: 0 });
  const connection = await Connection.connect({ address });
  const nativeConnection = await NativeConnection.connect({ address });
  const workflows = require.resolve('./support/header-workflows');
  const worker = await Worker.create({
    connection: nativeConnection,
    namespace,
    taskQueue,
    workflowsPath: workflows,
    interceptors: { workflowModules: [workflows] },
    plugins: [plugin],
  });
  const program = join(__dirname, 'support/header_worker.py');
  const child = spawn(python, [program, address, namespace, pythonTaskQueue, codecServer.url, taskQueue], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    await worker.runUntil(async () => {
      const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
      expect((await lines.next()).value).toBe('ready');
      expect((await lines.next()).value).toBe('["from Python"]');
    });
    const header = { [HEADER]: defaultPayloadConverter.toPayload('from TypeScript') };
    const client = new Client({
      connection,
      namespace,
      plugins: [plugin],
      interceptors: {
        workflow: [{ startWithDetails: (input, next) => next({ ...input, headers: header }) }],
      },
    });
    const handle = await client.workflow.start('receives', {
      workflowId: `receives_${run}`,
      taskQueue: pythonTaskQueue,
    });
    expect(await handle.result()).toEqual(['from TypeScript']);
    for (const workflowId of [`py_${taskQueue}`, handle.workflowId]) {
      const history = await client.workflow.getHandle(workflowId).fetchHistory();
      const bytes = temporal.api.history.v1.History.encode(history).finish();
      expect(searchBytes(bytes, [HEADER]).length).toBeGreaterThan(0);
      expect(searchBytes(bytes, ['from Python', 'from TypeScript'])).toEqual([]);
    }
  } finally {
    child.stdin.end();
    if (child.exitCode === null) await once(child, 'exit');
    await codecServer.close();
    await nativeConnection.close();
    await connection.close();
    codec.close();
  }
}, 60_000);
