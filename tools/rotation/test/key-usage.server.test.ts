import { randomInt, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { waitUntil } from '@waxseal/bring-up';
import { makeNamespace } from '@waxseal/test-support/namespace';

import { FEW, fill } from '../src/namespace/fill';
import { countIndependently, type IndependentCount } from '../src/namespace/independent-count';
import { waitUntilCounted } from '../src/namespace/visibility';
import { PROXY_KEY_ID } from '../src/namespace/writers';
import { differences } from '../src/compare';
import { totalsOf, type Report, type ReportedKey } from '../src/report';
import { startWaxseal, waxseal, type Ended } from '../src/waxseal';

const address = process.env['WAXSEAL_TEST_TEMPORAL_ADDRESS'] ?? '';
const namespace = `usage-${randomUUID().slice(0, 8)}`;
const directory = mkdtempSync(join(tmpdir(), 'waxseal-usage-'));
const environment = { HOME: directory, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
const RETENTION_DAYS = 3;
const FAST = ['--rps', '5000'];
const usage = (...args: string[]): Promise<Ended> => waxseal(['keys', 'usage', ...args], environment);

let connection: Connection;
let client: Client;
let counted: IndependentCount;
let whole: Report;

async function report(...args: string[]): Promise<Report> {
  const { stdout, stderr, exitCode } = await usage('--json', ...args);
  if (exitCode !== 0) throw new Error(`exit code ${String(exitCode)}: ${stderr}`);
  return JSON.parse(stdout) as Report;
}

/** How many executions the Workers have read. */
async function scanned(): Promise<number> {
  const handle = client.workflow.getHandle('waxseal-key-scan');
  const progress = await handle.query<{ executions: number }>('progress').catch(() => undefined);
  return progress?.executions ?? 0;
}

type Started = temporal.api.history.v1.IWorkflowExecutionStartedEventAttributes;

/** How the runs of a workflow began, in their order. */
async function startsOf(workflowId: string): Promise<readonly Started[]> {
  const query = `WorkflowId = "${workflowId}"`;
  const { executions } = await client.workflowService.listWorkflowExecutions({ namespace, query });
  const starts = executions.map(async ({ execution }) => {
    const request = { namespace, execution: execution ?? null, maximumPageSize: 1 };
    const { history } = await client.workflowService.getWorkflowExecutionHistory(request);
    const { eventTime, workflowExecutionStartedEventAttributes: started } = history?.events?.[0] ?? {};
    return { at: Number(eventTime?.seconds) + (eventTime?.nanos ?? 0) / 1e9, started: started ?? {} };
  });
  return (await Promise.all(starts)).sort((a, b) => a.at - b.at).map(({ started }) => started);
}

/** All bytes in a message. The order of entries of a map is not kept, by protobuf. */
function bytesIn(value: unknown): readonly string[] {
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('hex')];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(bytesIn).sort() : [];
}

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  connection = await Connection.connect({ address });
  client = new Client({ connection, namespace });
  await makeNamespace(connection, namespace, `${String(RETENTION_DAYS)} days`);
  await fill(connection, address, namespace, FEW);
  await waitUntilCounted(client);
  counted = await countIndependently(client);
}, 240_000);

afterAll(async () => {
  await connection.close();
  rmSync(directory, { recursive: true, force: true });
});

describe('waxseal keys usage', () => {
  it('counts what a count by other code does', async () => {
    const findings = join(directory, 'findings.ndjson');
    whole = await report('--findings', findings, ...FAST);
    expect(whole.complete).toBe(true);
    expect(differences(whole, counted)).toEqual([]);
    expect(whole.keys).toHaveLength(4);
    for (const key of whole.keys) {
      expect(key.notNeededFrom).toBeNull();
      expect(key.blockers.map(({ what }) => what)).toEqual(
        expect.arrayContaining(['open executions', 'schedules', 'open activities']),
      );
    }
    expect(whole.keys.map(({ id, format }) => [id, format])).toEqual(
      expect.arrayContaining([
        ['orders/v1', 'waxseal'],
        ['somebody-else', 'waxseal'],
        [PROXY_KEY_ID, 'temporal-proxy'],
      ]),
    );
    const lines = readFileSync(findings, 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(whole.payloads);
  });

  it('loses nothing and counts nothing twice when it is killed at any time and goes on', async () => {
    const findings = join(directory, 'killed.ndjson');
    const args = ['--state', join(directory, 'killed.json'), '--findings', findings];
    let kills = 0;
    let end: Ended;
    // Slow at first, so that it is killed on the way.
    for (let rps = 30; ; rps *= 2) {
      const line = ['keys', 'usage', '--json', ...args, '--rps', String(rps), '--checkpoint', '10'];
      end = await waxseal(line, environment, randomInt(1_000, 4_000));
      if (end.exitCode !== null) break;
      kills += 1;
    }
    expect({ kills: kills > 0, ...end, stdout: '' }).toMatchObject({ kills: true, exitCode: 0 });
    expect(totalsOf(JSON.parse(end.stdout) as Report)).toEqual(totalsOf(whole));
    const lines = readFileSync(findings, 'utf8').trimEnd().split('\n');
    expect(new Set(lines).size).toBe(lines.length);
    expect(lines).toHaveLength(whole.payloads);
  });

  it('reads only what is new since the last scan', async () => {
    const state = ['--state', join(directory, 'killed.json')];
    const next = await report(...state, ...FAST);
    expect(totalsOf(next)).toEqual(totalsOf(whole));
    const { 'open executions': open = 0, 'open activities': activities = 0 } = whole.holders;
    expect(next.read).toBe(open + activities);
    expect(whole.read).toBeGreaterThan(4 * next.read);
  });

  it('is done by Workers, one of which is killed on the way', async () => {
    const args = ['keys', 'worker', '--rps', '40'];
    const first = await startWaxseal(args, environment, 'Ready for scans');
    const scan = usage('--json', '--on-workers', '--checkpoint', '10');
    await waitUntil(async () => (await scanned()) > 20);
    await first.kill();
    const second = await startWaxseal(['keys', 'worker', '--rps', '5000'], environment, 'Ready for scans');
    try {
      const { exitCode, stdout, stderr } = await scan;
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
      expect(totalsOf(JSON.parse(stdout) as Report)).toEqual(totalsOf(whole));
    } finally {
      await second.kill();
    }
    const watched = await usage('--json', '--watch');
    expect(totalsOf(JSON.parse(watched.stdout) as Report)).toEqual(totalsOf(whole));
  });

  it('does no harm beside another scan, and does not take its state', async () => {
    const state = ['--state', join(directory, 'shared.json')];
    const [one, other] = await Promise.all([report(...FAST), report(...FAST)]);
    expect([totalsOf(one), totalsOf(other)]).toEqual([totalsOf(whole), totalsOf(whole)]);
    const ends = await Promise.all([usage(...state, ...FAST), usage(...state, ...FAST)]);
    expect(ends.map(({ exitCode }) => exitCode).sort()).toEqual([0, 1]);
    expect(ends.map(({ stderr }) => stderr).join('')).toContain('another scan has');
  });

  it('ends a pipeline where a key is used, or payloads are in clear', async () => {
    const used = await usage('--fail-if-used', 'orders', ...FAST);
    expect(used.exitCode).toBe(3);
    expect(used.stderr).toContain('"orders" is used');
    const unused = await usage('--fail-if-used', 'orders/v3', ...FAST);
    expect(unused.exitCode).toBe(0);
    expect(unused.stderr).toContain('No payload names "orders/v3". Keys that are named:');
    expect((await usage('--fail-on-plaintext', ...FAST)).exitCode).toBe(3);
  });

  it.each([
    ['cron', 'input', 'cron-0'],
    ['a retry of the workflow', 'input', 'retried-0'],
    ['continue-as-new', 'memo', 'chain-0'],
    ['a reset', 'input', 'shipped-0'],
  ] as const)(
    'sees what Temporal copies itself: %s keeps the %s as it was sealed',
    async (_by, field, id) => {
      const runs = await startsOf(`retired-${id}`);
      expect(runs.length).toBeGreaterThan(1);
      const [first, second] = runs.slice(-2).map((started) => bytesIn(started[field]));
      expect(first?.length).toBeGreaterThan(0);
      expect(second).toEqual(first);
    },
  );

  it('sees that a schedule starts executions with the input that it was made with', async () => {
    const { schedule } = await client.workflowService.describeSchedule({
      namespace,
      scheduleId: 'retired-daily',
    });
    const query = 'WorkflowId STARTS_WITH "retired-scheduled"';
    const { executions } = await client.workflowService.listWorkflowExecutions({ namespace, query });
    const [started] = await startsOf(executions[0]?.execution?.workflowId ?? '');
    expect(bytesIn(started?.input)).toEqual(bytesIn(schedule?.action?.startWorkflow?.input));
  });

  it('gives a date once nothing is left that stays: the last close, and the retention', async () => {
    for (const index of [0, 1]) {
      await client.workflow.getHandle(`proxy-waiting-${String(index)}`).terminate('to free the key');
    }
    await client.schedule.getHandle('proxy-daily').delete();
    await client.activity.getHandle('proxy-open').terminate('to free the key');
    const query = 'WorkflowId STARTS_WITH "proxy-waiting" AND CloseTime IS NULL';
    await waitUntil(async () => (await client.workflow.count(query)).count === 0);
    let key: ReportedKey | undefined;
    // A scan is as of some seconds before: what closed since was open then.
    await waitUntil(
      async () => {
        const { keys } = await report(...FAST);
        key = keys.find(({ id }) => id === PROXY_KEY_ID);
        return key?.blockers.length === 0;
      },
      { timeoutMs: 40_000, intervalMs: 1_000 },
    );
    // What was pending when it was terminated is kept with it. A scan passes over the one that Workers did.
    const found = differences(await report(...FAST), await countIndependently(client));
    expect(found.filter((text) => text.startsWith('payloads of'))).toEqual([]);
    const last = Date.parse(key?.notNeededFrom ?? '') - RETENTION_DAYS * 86_400_000;
    const { lastClose } = await countIndependently(client);
    // The activity was terminated last, and is kept as long.
    expect(last).toBeGreaterThanOrEqual(lastClose[PROXY_KEY_ID] ?? Infinity);
    expect(last - (lastClose[PROXY_KEY_ID] ?? 0)).toBeLessThan(30_000);
  });
});
