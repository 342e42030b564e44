import { randomUUID } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection, ScheduleOverlapPolicy, type ScheduleOptions } from '@temporalio/client';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { EnvelopePlugin } from '@waxseal/temporal';
import { makeNamespace } from '@waxseal/test-support/namespace';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { resealSchedule } from '../src/reseal/reseal-schedule';
import { ScheduleService } from '../src/reseal/schedule-service';
import { Sealer } from '../src/reseal/sealer';
import { TemporalReader } from '../src/scan/temporal-reader';
import { openLastingSession } from '../src/temporal/lasting-session';
import { readTemporalSettings } from '../src/temporal/settings';
import { waxseal, type Ended } from './support/waxseal';

const address = process.env['WAXSEAL_TEST_TEMPORAL_ADDRESS'] ?? '';
const namespace = `reseal-${randomUUID().slice(0, 8)}`;
const directory = temporaryDirectory();
const record = join(directory, 'record.ndjson');
const environment = {
  HOME: directory,
  XDG_CONFIG_HOME: undefined,
  TEMPORAL_ADDRESS: address,
  TEMPORAL_NAMESPACE: namespace,
  // Payloads are bound to the workflow that they are for.
  WAXSEAL_CONFIG: join(directory, 'waxseal.config.json'),
};
const uri = (name: string): string => `local://${join(directory, `${name}.json`)}#${name}`;
const OLD_AND_NEW = ['--primary-key', uri('new'), '--decrypt-key', uri('old')];
const reseal = (...args: string[]): Promise<Ended> =>
  waxseal(['keys', 'reseal', 'schedules', ...OLD_AND_NEW, ...args], '', environment);
const ACTION = {
  type: 'startWorkflow' as const,
  workflowType: 'report',
  taskQueue: 'nobody',
  args: ['secret-argument', { two: 2 }],
};

let connection: Connection;
const codecs: EnvelopeCodec[] = [];

/** A codec as processes have it that are configured with these keys. */
function codecOf(primary: string, ...decryptOnly: readonly string[]): EnvelopeCodec {
  const key = (id: string): LocalKey => LocalKey.fromFile(join(directory, `${id}.json`), id);
  const keyring = new Keyring({ primary: key(primary), decryptOnly: decryptOnly.map(key) });
  const codec = new EnvelopeCodec({ keyring, binding: 'workflow' });
  codecs.push(codec);
  return codec;
}

function clientOf(codec: EnvelopeCodec): Client {
  return new Client({ connection, namespace, plugins: [new EnvelopePlugin({ codec })] });
}

async function describeRaw(
  scheduleId: string,
): ReturnType<Connection['workflowService']['describeSchedule']> {
  return connection.workflowService.describeSchedule({ namespace, scheduleId });
}

/** Schedules that `keys usage` names for a key. */
async function schedulesUnder(name: string): Promise<number> {
  const { stdout } = await waxseal(['keys', 'usage', '--json', '--rps', '2000'], '', environment);
  const { keys } = JSON.parse(stdout) as { readonly keys: readonly ReportedKey[] };
  const neededBy = keys.find(({ id }) => id === `${name}/v1`)?.neededBy ?? [];
  return neededBy.find(({ what }) => what === 'schedules')?.count ?? 0;
}

interface ReportedKey {
  readonly id: string;
  readonly neededBy: readonly { readonly what: string; readonly count: number }[];
}

beforeAll(async () => {
  writeFileSync(environment.WAXSEAL_CONFIG, '{ "envelope": { "binding": "workflow" } }');
  for (const name of ['old', 'new', 'lost']) {
    const { exitCode, stderr } = await waxseal(['keygen', join(directory, `${name}.json`), '--id', name]);
    if (exitCode !== 0) throw new Error(stderr);
  }
  connection = await Connection.connect({ address });
  await makeNamespace(connection, namespace);
  const plain = new Client({ connection, namespace });
  const old = clientOf(codecOf('old'));
  const lost = clientOf(codecOf('lost'));
  const base = { spec: { intervals: [{ every: '1d' }] }, action: ACTION, state: { paused: true } };
  await plain.schedule.create({ ...base, scheduleId: 'clear' });
  await lost.schedule.create({ ...base, scheduleId: 'lost' });
  await old.schedule.create({ ...base, scheduleId: 'own-memo', memo: { owner: 'secret-owner' } });
  await old.schedule.create({
    scheduleId: 'nightly',
    spec: { calendars: [{ hour: 3 }], jitter: '1m', timezone: 'Europe/Berlin' },
    action: {
      ...ACTION,
      memo: { a: 1, b: 'secret-memo', '7': true },
      staticSummary: 'secret-summary',
      staticDetails: 'secret-details',
      retry: { maximumAttempts: 3 },
      workflowRunTimeout: '1h',
    },
    policies: { overlap: ScheduleOverlapPolicy.BUFFER_ALL, pauseOnFailure: true },
    state: { paused: true, note: 'by hand', remainingActions: 5 },
  });
  // The list comes later than the schedules.
  const listed = async (): Promise<number> => {
    const { schedules } = await connection.workflowService.listSchedules({ namespace, maximumPageSize: 10 });
    return schedules.length;
  };
  while ((await listed()) < 4);
}, 60_000);

afterAll(async () => {
  await connection.close();
  for (const codec of codecs) codec.close();
});

describe('waxseal keys reseal schedules', () => {
  it('asks, where nobody can answer, for --yes', async () => {
    const { exitCode, stderr } = await reseal();
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--yes');
  });

  it('says in a dry run what it would do, and does nothing', async () => {
    const before = (await describeRaw('nightly')).conflictToken;
    const { exitCode, stdout } = await reseal('--dry-run', '--record', record);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('"nightly": to be resealed, 7 payloads, "old/v1" → "new/v1"');
    expect(stdout).toContain(
      '4 schedules: 2 to be resealed, 1 with something left or failed. Nothing was changed.',
    );
    expect((await describeRaw('nightly')).conflictToken).toEqual(before);
    expect(() => statSync(record)).toThrow('ENOENT');
  });

  it('seals anew what can be, and nothing but payloads is another', async () => {
    const before = await describeRaw('nightly');
    const { exitCode, stdout, stderr } = await reseal('--yes', '--json', '--record', record);
    const report = JSON.parse(stdout) as { readonly schedules: readonly { readonly scheduleId: string }[] };
    expect(report).toMatchObject({ looked: 4, resealed: 2, left: 2 });
    expect(exitCode).toBe(1);
    const of = (id: string): unknown => report.schedules.find(({ scheduleId }) => scheduleId === id);
    expect(of('lost')).toMatchObject({ result: 'nothing to do', left: [{ names: ['lost/v1'] }, {}] });
    expect(of('own-memo')).toMatchObject({
      result: 'resealed',
      left: [{ field: 'memo.fields["owner"]', because: expect.stringContaining('create it anew') }],
    });
    expect(of('clear')).toBeUndefined();
    const after = await describeRaw('nightly');
    const withoutPayloads = ({ schedule }: typeof after): unknown => {
      const { startWorkflow } = schedule?.action ?? {};
      return { ...schedule, action: { ...startWorkflow, input: 0, memo: 0, userMetadata: 0 } };
    };
    expect(isDeepStrictEqual(withoutPayloads(after), withoutPayloads(before))).toBe(true);
    expect(statSync(record).mode & 0o777).toBe(0o600);
    const recorded = readFileSync(record, 'utf8');
    expect(recorded.trim().split('\n')).toHaveLength(3);
    expect(stdout + stderr + recorded).not.toContain('secret-');
  });

  it('leaves no schedule under the old key but for its own memo', async () => {
    expect(await schedulesUnder('old')).toBe(1);
    expect(await schedulesUnder('new')).toBe(2);
  });

  it('seals so that whoever has only the new key reads the schedule, and what it starts', async () => {
    const codec = codecOf('new');
    const client = clientOf(codec);
    const handle = client.schedule.getHandle('nightly');
    expect((await handle.describe()).action).toMatchObject({
      args: ['secret-argument', { two: 2 }],
      memo: { a: 1, b: 'secret-memo', '7': true },
      staticSummary: 'secret-summary',
      staticDetails: 'secret-details',
    });
    await handle.trigger(ScheduleOverlapPolicy.ALLOW_ALL);
    let started: string | undefined;
    while (started === undefined) {
      started = (await handle.describe()).info.recentActions[0]?.action.workflow.workflowId;
    }
    const { history } = await connection.workflowService.getWorkflowExecutionHistory({
      namespace,
      execution: { workflowId: started },
    });
    const { input } = history?.events?.[0]?.workflowExecutionStartedEventAttributes ?? {};
    const context = { type: 'workflow', namespace, workflowId: started } as const;
    const [opened] = await codec.decode(input?.payloads?.slice(0, 1) ?? [], context);
    expect(Buffer.from(opened?.data ?? '').toString()).toBe('"secret-argument"');
    const other = { ...context, workflowId: 'another' };
    await expect(codec.decode(input?.payloads ?? [], other)).rejects.toMatchObject({
      code: 'WAXSEAL_CONTEXT_MISMATCH',
    });
  });

  it('finds nothing to do the second time', async () => {
    const before = (await describeRaw('nightly')).conflictToken;
    const { exitCode, stdout } = await reseal('--yes', '--schedule', 'nightly', '--schedule', 'clear');
    expect(stdout).toContain('2 schedules: 0 resealed, 0 with something left or failed');
    expect(exitCode).toBe(0);
    expect((await describeRaw('nightly')).conflictToken).toEqual(before);
    expect((await reseal('--yes', '--schedule', 'none')).stdout).toContain('"none": failed: it is not there');
  });

  it('keeps what somebody changes between its reading and its writing', async () => {
    const old = clientOf(codecOf('old'));
    const options: ScheduleOptions = {
      scheduleId: 'busy',
      spec: { intervals: [{ every: '1d' }] },
      action: ACTION,
      state: { paused: true },
    };
    const handle = await old.schedule.create(options);
    const settings = readTemporalSettings({ ...process.env, ...environment });
    const session = await openLastingSession(settings);
    let updates = 0;
    const interfering: typeof session = {
      ...session,
      call: async (method, request) => {
        if (method === 'UpdateSchedule' && updates++ === 0) {
          await handle.update(({ state, ...rest }) => ({
            ...rest,
            state: { ...state, note: 'changed meanwhile' },
          }));
        }
        return session.call(method, request);
      },
    };
    try {
      const codec = codecOf('new', 'old');
      const sealer = new Sealer({ codec, codecs: [codec] });
      const service = new ScheduleService(new TemporalReader(session, namespace, 1_000), interfering);
      const choice = { from: undefined, plaintext: false, dryRun: false };
      expect(await resealSchedule(service, sealer, 'busy', choice)).toMatchObject({
        result: 'resealed',
        payloads: [{ from: ['old/v1'], to: ['new/v1'] }, {}],
      });
    } finally {
      session.close();
    }
    expect(updates).toBe(2);
    const { schedule } = await describeRaw('busy');
    expect(schedule?.state?.notes).toBe('changed meanwhile');
    expect((await reseal('--yes', '--schedule', 'busy')).exitCode).toBe(0);
  });

  it('seals what is in clear where it is told to', async () => {
    const { exitCode } = await reseal('--yes', '--plaintext', '--schedule', 'clear');
    expect(exitCode).toBe(0);
    const action = (await clientOf(codecOf('new')).schedule.getHandle('clear').describe()).action;
    expect(action).toMatchObject({ args: ACTION.args });
    expect(JSON.stringify((await describeRaw('clear')).schedule)).not.toContain(
      Buffer.from('secret-argument').toString('base64').slice(0, 12),
    );
  });

  it('refuses --from that names the key of today', async () => {
    expect((await reseal('--yes', '--from', 'new')).stderr).toContain('--from names a key');
  });
});
