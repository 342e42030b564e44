import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { EnvelopePlugin } from '@waxseal/temporal';
import { makeNamespace } from '@waxseal/test-support/namespace';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { workflowBundle } from '@waxseal/test-support/workflow-bundle';

import { waxseal, type Ended } from './support/waxseal';

const address = process.env['WAXSEAL_TEST_TEMPORAL_ADDRESS'] ?? '';
const namespace = `drain-${randomUUID().slice(0, 8)}`;
const directory = temporaryDirectory();
const record = join(directory, 'record.ndjson');
const environment = {
  HOME: directory,
  XDG_CONFIG_HOME: undefined,
  TEMPORAL_ADDRESS: address,
  TEMPORAL_NAMESPACE: namespace,
};
const SIGNAL = ['--signal', 'moveOn', '--record', record];
const drain = (...args: string[]): Promise<Ended> =>
  waxseal(['keys', 'drain', '--from', 'old', '--rps', '2000', ...args], '', environment);

interface Row {
  readonly id: string;
  readonly payloads: Readonly<Record<string, number>>;
  readonly signal?: string;
}

async function rows(...args: string[]): Promise<readonly Row[]> {
  const { stdout } = await drain('--ndjson', ...args);
  return stdout
    .split('\n')
    .filter((text) => text !== '')
    .map((text) => JSON.parse(text) as Row);
}

const key = (id: string): LocalKey => new LocalKey({ id, key: Buffer.alloc(32, id) });
const old = new EnvelopePlugin({ keyring: new Keyring({ primary: key('old') }) });
const both = new EnvelopePlugin({
  codec: new EnvelopeCodec({ keyring: new Keyring({ primary: key('new'), decryptOnly: [key('old')] }) }),
});
let connection: Connection;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  connection = await Connection.connect({ address });
  await makeNamespace(connection, namespace);
  const client = new Client({ connection, namespace, plugins: [old] });
  for (const type of ['order', 'careless']) {
    const memo = { note: 'secret-memo' };
    await client.workflow.start(type, { workflowId: type, taskQueue: 'drain', args: ['secret-input'], memo });
  }
  while ((await client.workflow.count('CloseTime IS NULL')).count < 2);
}, 60_000);

afterAll(async () => {
  await connection.close();
  old.codec.close();
  both.codec.close();
});

describe('waxseal keys drain', () => {
  it('names the open executions that need the key, the oldest first, and what keeps it', async () => {
    expect(await rows()).toMatchObject([
      { id: 'order', payloads: { input: 1, memo: 2 } },
      { id: 'careless', payloads: { input: 1, memo: 2 } },
    ]);
    const { exitCode, stdout } = await drain();
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^AGE +PAYLOADS +SIGNAL +EXECUTION\n0 min +2 memo, 1 input +- +order /m);
    expect(stdout).toContain('2 open executions need "old"');
    const none = await drain('--query', 'WorkflowType="other"');
    expect([none.exitCode, none.stdout]).toEqual([0, '0 open executions need "old".\n']);
    expect((await drain('--limit', '1')).stderr).toContain('raise --limit');
  });

  it('asks for a record and an answer before it signals anybody', async () => {
    const noRecord = await drain('--signal', 'moveOn', '--yes');
    expect([noRecord.exitCode, noRecord.stderr]).toEqual([2, expect.stringContaining('--record')]);
    const noAnswer = await drain(...SIGNAL);
    expect([noAnswer.exitCode, noAnswer.stderr]).toEqual([2, expect.stringContaining('--yes')]);
  });

  it('signals nobody in a dry run, and each run once', async () => {
    expect((await rows(...SIGNAL, '--dry-run')).map(({ signal }) => signal)).toEqual([
      'to be signalled',
      'to be signalled',
    ]);
    const first = await drain(...SIGNAL, '--yes', '--signals-per-second', '50');
    expect(first.exitCode).toBe(0);
    expect((await rows(...SIGNAL, '--yes')).map(({ signal }) => signal)).toEqual([
      'signalled before',
      'signalled before',
    ]);
    const { history } = await connection.workflowService.getWorkflowExecutionHistory({
      namespace,
      execution: { workflowId: 'order' },
    });
    const signals = history?.events?.filter((event) => event.workflowExecutionSignaledEventAttributes);
    expect(signals).toHaveLength(1);
    expect(readFileSync(record, 'utf8') + first.stdout + first.stderr).not.toContain('secret-');
  });

  it('no longer names a workflow that went on with its memo, and names one that left it', async () => {
    const worker = await Worker.create({
      connection: await NativeConnection.connect({ address }),
      namespace,
      taskQueue: 'drain',
      workflowBundle: await workflowBundle(require.resolve('./support/long-workflows'), [both]),
      plugins: [both],
    });
    const client = new Client({ connection, namespace, plugins: [both] });
    const isNew = async (id: string): Promise<boolean> => {
      const { raw } = await client.workflow.getHandle(id).describe();
      return raw.workflowExecutionInfo?.firstRunId !== raw.workflowExecutionInfo?.execution?.runId;
    };
    await worker.runUntil(async () => {
      while (!(await isNew('order')) || !(await isNew('careless')));
      while ((await client.workflow.count('CloseTime IS NULL')).count !== 2);
    });
    // Visibility comes later than the new run.
    let left: readonly Row[];
    do left = await rows();
    while (left.some(({ payloads }) => 'input' in payloads));
    expect(left).toMatchObject([{ id: 'careless', payloads: { memo: 2 } }]);
    const { memo } = await client.workflow.getHandle('order').describe();
    expect(memo).toEqual({ note: 'secret-memo' });
  }, 60_000);
});
