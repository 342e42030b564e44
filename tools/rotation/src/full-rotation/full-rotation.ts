import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection, type Client } from '@temporalio/client';
import { CleanUp, startTemporal, waitUntil } from '@waxseal/bring-up';
import { makeNamespace } from '@waxseal/test-support/namespace';
import { startAwsKmsDouble } from '@waxseal/testing';
import type { Report } from '../report';
import { waxseal, type Ended } from '../waxseal';
import { Load } from './load';
import { Site } from './site';

const NAMESPACE = 'orders';
const TASK_QUEUE = 'orders';

/**
 * Rotates a key under load, from `add` to the old key disabled at its service, with a mistake at each step
 * that the command has to refuse or report. Orders are placed all the time.
 *
 * @throws Error at the first that is not as it should be
 */
export async function rotateUnderLoad(say: (line: string) => void): Promise<void> {
  const cleanUp = new CleanUp();
  try {
    const directory = mkdtempSync(join(tmpdir(), 'waxseal-rotation-'));
    cleanUp.add(() => {
      rmSync(directory, { recursive: true, force: true });
    });
    const server = await startTemporal({});
    cleanUp.add(() => server.stop());
    const kms = await startAwsKmsDouble();
    cleanUp.add(() => kms.close());
    const connection = await Connection.connect({ address: server.address });
    cleanUp.add(() => connection.close());
    await makeNamespace(connection, NAMESPACE);
    const [oldKey, newKey] = [kms.createKey(), kms.createKey()];
    const environment = {
      AWS_ENDPOINT_URL_KMS: kms.endpoint,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKIAROTATION',
      AWS_SECRET_ACCESS_KEY: 'not-a-secret',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      TEMPORAL_ADDRESS: server.address,
      TEMPORAL_NAMESPACE: NAMESPACE,
    };
    Object.assign(process.env, environment);
    const config = join(directory, 'waxseal.config.json');
    const uriOf = ({ arn }: { readonly arn: string }): string => `awskms:///${arn}`;
    writeFileSync(config, `{\n  "primaryKey": "${uriOf(oldKey)}"\n}\n`);
    const site = new Site({
      connection,
      address: server.address,
      namespace: NAMESPACE,
      taskQueue: TASK_QUEUE,
      config,
      environment,
      cleanUp,
    });

    const run = (...args: string[]): Promise<Ended> => waxseal(args, environment);
    const rotate = (stage: string, ...args: string[]): Promise<Ended> =>
      run('keys', 'rotate', stage, '--config', config, '--to', newKey.arn, ...site.processes, ...args);
    const usage = async (...args: string[]): Promise<Report> => {
      const { stdout, stderr } = await run('keys', 'usage', '--json', '--rps', '5000', ...args);
      if (stdout === '') throw new Error(stderr);
      writeFileSync(join(directory, 'usage.json'), stdout);
      return JSON.parse(stdout) as Report;
    };
    const oldIn = ({ keys }: Report): Report['keys'][number] | undefined =>
      keys.find(({ id }) => id === oldKey.arn);
    const expectEnd = (what: string, { exitCode, stdout, stderr }: Ended, expected: number): void => {
      if (exitCode !== expected) {
        throw new Error(
          `${what}: exit code ${String(exitCode)}, not ${String(expected)}\n${stdout}\n${stderr}`,
        );
      }
      say(`${expected === 0 ? 'done   ' : 'refused'}  ${what}`);
    };

    const client = await site.deploy();
    const load = new Load(client, TASK_QUEUE);
    cleanUp.add(() => load.end());
    await startWhatStays(client);
    await load.more(3);
    say('ready    two Workers, a Codec Server and a client under the old key; orders are placed');

    expectEnd('promote before add', await rotate('promote', '--write', '--yes'), 1);
    expectEnd('add', await rotate('add', '--to', `awskms:///${newKey.arn}`, '--write', '--yes'), 0);
    await site.deployWorker(0);
    expectEnd('promote while a Worker lacks the new key', await rotate('promote', '--write', '--yes'), 1);
    load.by(await site.deploy());
    expectEnd('promote', await rotate('promote', '--write', '--yes', '--expect-workers', '2'), 0);
    const promoted = await site.deploy();
    load.by(promoted);
    await load.more(3);

    await usage();
    const retire = (...args: string[]): Promise<Ended> =>
      rotate(
        'retire',
        '--from',
        oldKey.arn,
        '--usage',
        join(directory, 'usage.json'),
        '--write',
        '--yes',
        ...args,
      );
    expectEnd('retire while executions and a schedule need the old key', await retire(), 1);

    oldKey.disable();
    const listed = await run('keys', 'list', '--config', config);
    expectEnd('disabled too early: keys list says so', listed, 1);
    await load.more(3);
    oldKey.enable();
    say('mended   the key is enabled again; orders went on');

    expectEnd(
      'schedules are re-sealed',
      await run('keys', 'reseal', 'schedules', '--config', config, '--yes'),
      0,
    );
    for (const id of ['waits-0', 'waits-1'])
      await promoted.workflow.getHandle(id).signal('finish', 'drained');
    await Promise.all(['waits-0', 'waits-1'].map((id) => promoted.workflow.getHandle(id).result()));
    await waitUntil(async () => (oldIn(await usage())?.blockers.length ?? 0) === 0, { timeoutMs: 60_000 });
    const date = oldIn(await usage())?.notNeededFrom ?? '';
    if (!(Date.parse(date) > Date.now())) throw new Error(`The date is ${date}`);
    say(`drained  the old key is not needed from ${date} on`);
    expectEnd('retire before that date', await retire(), 1);

    await deleteAllUnder(promoted, oldKey.arn, directory, usage);
    expectEnd('nothing names the old key', await run('keys', 'usage', '--fail-if-used', oldKey.arn), 0);
    await usage();
    expectEnd('retire without a word on the key that is missing', await retire(), 1);
    expectEnd('retire', await retire('--allow-missing'), 0);
    load.by(await site.deploy());
    oldKey.disable();
    await promoted.schedule.getHandle('daily').trigger();
    const query = 'WorkflowId STARTS_WITH "scheduled" AND ExecutionStatus = "Completed"';
    await waitUntil(async () => (await promoted.workflow.count(query)).count > 0);
    await load.more(5);
    await load.end();
    if (load.failures.length > 0) throw new Error(load.failures.join('\n'));
    const last = await usage();
    if (oldIn(last) !== undefined || last.keys.length !== 1) throw new Error(JSON.stringify(last.keys));
    say(
      `done     the old key is disabled: ${String(load.shipped)} of ${String(load.placed)} orders shipped, none failed`,
    );
    say(readFileSync(config, 'utf8').trim());
  } finally {
    await cleanUp.run();
  }
}

/** What does not end by itself. */
async function startWhatStays(client: Client): Promise<void> {
  for (const workflowId of ['waits-0', 'waits-1']) {
    await client.workflow.start('Waiting', {
      taskQueue: TASK_QUEUE,
      workflowId,
      args: ['4242'],
      memo: { a: 'b' },
    });
  }
  await client.schedule.create({
    scheduleId: 'daily',
    spec: { intervals: [{ every: '1d' }] },
    action: {
      type: 'startWorkflow',
      workflowType: 'Repeating',
      workflowId: 'scheduled',
      taskQueue: TASK_QUEUE,
      args: ['every day'],
    },
    state: { paused: true },
  });
}

/** Does at once what the retention does in days. */
async function deleteAllUnder(
  client: Client,
  key: string,
  directory: string,
  usage: (...args: string[]) => Promise<Report>,
): Promise<void> {
  const findings = join(directory, 'findings.ndjson');
  for (;;) {
    const report = await usage('--findings', findings);
    if (report.keys.every(({ id }) => id !== key)) return;
    const lines = readFileSync(findings, 'utf8').trimEnd().split('\n');
    const runs = new Map<string, string>();
    for (const line of lines) {
      const { id, runId, names } = JSON.parse(line) as {
        id: string;
        runId: string;
        names: readonly string[];
      };
      if (names.includes(key)) runs.set(runId, id);
    }
    for (const [runId, workflowId] of runs) {
      await client.workflowService
        .deleteWorkflowExecution({ namespace: NAMESPACE, workflowExecution: { workflowId, runId } })
        .catch(() => undefined);
    }
  }
}
