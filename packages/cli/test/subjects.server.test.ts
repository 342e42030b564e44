import { randomUUID } from 'node:crypto';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure, type Payload } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { type PostgresServer, startPostgres } from '@waxseal/bring-up';
import { createCodecServer } from '@waxseal/codec-server';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { createLocalKeyringFile, LocalKey } from '@waxseal/local-key';
import { PostgresStore } from '@waxseal/store';
import { forSubject, SubjectKeys } from '@waxseal/subjects';
import { EnvelopePlugin } from '@waxseal/temporal';
import { toProtojson, type PayloadJson } from '@waxseal/test-support';
import { makeNamespace } from '@waxseal/test-support/namespace';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { describeWithPostgres } from '@waxseal/test-support/with-postgres';
import { workflowBundle } from '@waxseal/test-support/workflow-bundle';

import { alone, failing, finish, meeting, say } from './support/subject-workflows';
import { waxseal, type Ended } from './support/waxseal';

const address = process.env['WAXSEAL_TEST_TEMPORAL_ADDRESS'] ?? '';
const namespace = `subjects-${randomUUID().slice(0, 8)}`;
const taskQueue = 'subjects';
const FORGET_WITHIN_MS = 1_000;
const directory = temporaryDirectory();
const keyFile = join(directory, 'keyring.json');

describeWithPostgres('waxseal subjects shred', () => {
  let server: PostgresServer;
  let store: PostgresStore;
  let subjects: SubjectKeys;
  let codec: EnvelopeCodec;
  let connection: Connection;
  let native: NativeConnection;
  let worker: Worker;
  let running: Promise<void>;
  let client: Client;
  let handle: WorkflowHandle<typeof meeting>;

  beforeAll(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    server = await startPostgres();
    store = new PostgresStore({ url: server.url, environment: {} });
    await store.migrate();
    createLocalKeyringFile(keyFile, { id: 'orders' });
    const keyring = new Keyring({ primary: LocalKey.fromFile(keyFile) });
    subjects = new SubjectKeys({ store, keyring, forgetWithin: FORGET_WITHIN_MS });
    codec = new EnvelopeCodec({ keyring: subjects.keyring });
    const plugins = [new EnvelopePlugin({ codec })];
    connection = await Connection.connect({ address });
    native = await NativeConnection.connect({ address });
    await makeNamespace(connection, namespace);
    client = new Client({ connection, namespace, plugins });
    worker = await Worker.create({
      connection: native,
      namespace,
      taskQueue,
      workflowBundle: await workflowBundle(require.resolve('./support/subject-workflows'), plugins),
      plugins,
      // Every task replays, so that nothing rests on what is in memory.
      maxCachedWorkflows: 0,
      activities: {
        greet: (name: string) => Promise.resolve(`hello ${name.length.toString()}`),
        fail: (subject: string, text: string) => {
          throw ApplicationFailure.create({ message: text, details: [forSubject(subject, text)] });
        },
      },
    });
    running = worker.run();
  }, 300_000);

  afterAll(async () => {
    worker.shutdown();
    await running;
    await connection.close();
    await native.close();
    codec.close();
    subjects.close();
    await store.close();
    await server.stop();
  }, 60_000);

  const run = (...args: string[]): Promise<Ended> =>
    waxseal(['subjects', ...args], '', {
      HOME: directory,
      XDG_CONFIG_HOME: undefined,
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: namespace,
      WAXSEAL_STORE: server.url,
      WAXSEAL_PRIMARY_KEY: `local://${keyFile}`,
    });

  /** All payloads of a history, as Temporal has them. */
  async function payloadsOf(workflowId: string): Promise<Payload[]> {
    const { history } = await connection.workflowService.getWorkflowExecutionHistory({
      namespace,
      execution: { workflowId },
    });
    const found: Payload[] = [];
    const look = (value: unknown): void => {
      if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return;
      const { metadata, data } = value as Payload;
      if (metadata && data && 'encoding' in metadata) found.push(value);
      else for (const each of Object.values(value)) look(each);
    };
    for (const event of history?.events ?? []) look(event);
    return found;
  }

  const keyIdsOf = (payloads: readonly Payload[]): Set<string> =>
    new Set(payloads.map(({ metadata }) => Buffer.from(metadata?.['encryption-key-id'] ?? []).toString()));

  it('one workflow has data of several subjects, each under a key of its own', async () => {
    handle = await client.workflow.start(meeting, {
      workflowId: 'meeting',
      taskQueue,
      args: [forSubject('ada', 'canary-ada'), forSubject('bob', 'canary-bob')],
      memo: { who: forSubject('ada', 'canary-memo'), other: forSubject('bob', 'memo of bob') },
    });
    await handle.signal(say, forSubject('bob', 'signalled'));
    for (;;) {
      const { history } = await connection.workflowService.getWorkflowExecutionHistory({
        namespace,
        execution: { workflowId: 'meeting' },
      });
      const done = history?.events?.filter((event) => event.activityTaskCompletedEventAttributes != null);
      if (done?.length === 2) break;
    }
    const payloads = await payloadsOf('meeting');
    expect(keyIdsOf(payloads)).toEqual(
      new Set([await subjects.keyIdOf('ada'), await subjects.keyIdOf('bob'), 'orders/v1']),
    );
    expect((await handle.describe()).memo).toEqual({ who: 'canary-memo', other: 'memo of bob' });
  });

  it('names what would fail, and removes nothing', async () => {
    const { exitCode, stdout } = await run('shred', 'ada', '--json');
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      subjects: [{ id: 'ada', result: 'held' }],
      count: 1,
      holders: [
        {
          namespace,
          kind: 'open executions',
          id: 'meeting',
          type: 'meeting',
          payloads: { input: 1, memo: 2 },
        },
      ],
      leftOut: [],
    });
    const told = await run('shred', 'ada', '--dry-run');
    expect([told.exitCode, told.stdout]).toEqual([3, expect.stringContaining('use --force')]);
    expect((await subjects.find(await subjects.keyIdOf('ada')))?.shreddedAt).toBeUndefined();
  });

  it('with --force removes the key; the running workflow fails with the typed error, and the Worker runs on', async () => {
    const { exitCode, stdout, stderr } = await run('shred', 'ada', '--force');
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toContain('A payload that opened before does not open any more');
    await new Promise((resolve) => setTimeout(resolve, FORGET_WITHIN_MS));
    await handle.signal(finish);
    for (;;) {
      const { history } = await connection.workflowService.getWorkflowExecutionHistory({
        namespace,
        execution: { workflowId: 'meeting' },
      });
      const failed = history?.events?.find((event) => event.workflowTaskFailedEventAttributes != null);
      if (failed === undefined) continue;
      const failure = failed.workflowTaskFailedEventAttributes?.failure;
      const all = await codec
        .tolerant()
        .decode(failure?.encodedAttributes ? [failure.encodedAttributes] : []);
      const texts = [failure?.message, ...all.map(({ data }) => Buffer.from(data ?? []).toString())].join(
        ' ',
      );
      expect(failure?.applicationFailureInfo?.type).toBe('WaxsealSubjectShredded');
      expect(texts).toContain('The data of this subject have been erased');
      break;
    }
    expect(worker.getState()).toBe('RUNNING');
    await expect(
      client.workflow.execute(alone, { workflowId: 'of-bob', taskQueue, args: ['bob', 'still here'] }),
    ).resolves.toBe('hello 10');
  }, 60_000);

  it('is a placeholder in the Codec Server and to tolerant readers, beside the data of others', async () => {
    const payloads = await payloadsOf('meeting');
    const body = JSON.stringify({ payloads: payloads.map(toProtojson) });
    const headers = { 'Content-Type': 'application/json', 'X-Namespace': namespace };
    const ask = (onPayloadError: 'fail' | 'placeholder'): Response | Promise<Response> =>
      createCodecServer({ codec, onPayloadError }).fetch(
        new Request('http://localhost/decode', { method: 'POST', headers, body }),
      );
    expect((await ask('fail')).status).toBe(410);
    const answer = await ask('placeholder');
    expect(answer.status).toBe(200);
    const { payloads: decoded } = (await answer.json()) as { readonly payloads: readonly PayloadJson[] };
    const texts = decoded.map(({ data }) => Buffer.from(data, 'base64').toString());
    expect(texts.filter((text) => text.includes('WAXSEAL_SUBJECT_SHREDDED')).length).toBeGreaterThanOrEqual(
      3,
    );
    expect(texts).toContain('"canary-bob"');
    expect(texts.join()).not.toContain('canary-ada');
    const tolerant = new Client({
      connection,
      namespace,
      dataConverter: { payloadCodecs: [codec.tolerant()] },
    });
    const { memo } = await tolerant.workflow.getHandle('meeting').describe();
    expect(memo).toEqual({
      who: expect.stringContaining('[unreadable: WAXSEAL_SUBJECT_SHREDDED]') as unknown,
      other: 'memo of bob',
    });
  });

  it('is encrypted for no more: neither data nor failures are, and the Worker runs on', async () => {
    const redacted = await client.workflow.execute(failing, {
      workflowId: 'failing',
      taskQueue,
      args: ['ada'],
    });
    expect(redacted).toBe('failed');
    const payloads = await payloadsOf('failing');
    const encodings = payloads.map(({ metadata }) => Buffer.from(metadata?.['encoding'] ?? []).toString());
    expect(encodings).toContain('binary/waxseal-redacted');
    const late = await client.workflow.start(alone, { workflowId: 'late', taskQueue, args: ['ada', 'x'] });
    for (;;) {
      const { history } = await connection.workflowService.getWorkflowExecutionHistory({
        namespace,
        execution: { workflowId: 'late' },
      });
      if (history?.events?.some((event) => event.workflowTaskFailedEventAttributes != null)) break;
    }
    expect(worker.getState()).toBe('RUNNING');
    await late.terminate();
    await expect(
      client.workflow.start(alone, { workflowId: 'later', taskQueue, args: ['x', forSubject('ada', 'x')] }),
    ).rejects.toThrow(/erased/);
  }, 60_000);

  it('needs no force once nothing that is open holds payloads', async () => {
    expect((await run('shred', 'bob')).exitCode).toBe(3);
    await handle.terminate();
    for (let ended: Ended | undefined; ended?.exitCode !== 0;) {
      ended = await run('shred', 'bob');
      expect([0, 3]).toContain(ended.exitCode);
    }
    expect((await run('shred', 'bob')).stdout).toContain('was shredded before');
  }, 60_000);

  describe('a schedule', () => {
    it('is named, too', async () => {
      await client.schedule.create({
        scheduleId: 'greeting',
        spec: {},
        action: {
          type: 'startWorkflow',
          workflowType: alone,
          taskQueue,
          args: ['eve', forSubject('eve', 'Eve')],
        },
      });
      const { exitCode, stdout } = await run('shred', 'eve', '--json');
      expect(exitCode).toBe(3);
      expect(JSON.parse(stdout)).toMatchObject({ holders: [{ kind: 'schedules', id: 'greeting' }] });
      await client.schedule.getHandle('greeting').delete();
    });
  });
});
