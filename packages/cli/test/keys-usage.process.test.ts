import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, describe, expect, it } from '@jest/globals';
import { temporal } from '@temporalio/proto';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { FakeTemporal, started, under } from './support/fake-temporal';
import { serveFakeTemporal, withAllCalls, type FakeTemporalServer } from './support/fake-temporal-server';
import { waxseal, type Ended } from './support/waxseal';

const api = temporal.api.workflowservice.v1;
const directory = temporaryDirectory();
const DAY_MS = 86_400_000;
const FINDINGS = join(directory, 'findings.ndjson');
const STATE = join(directory, 'state.json');

let server: FakeTemporalServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** A server with an execution under k1 that closed a while ago. */
function withOne(serverVersion?: string): FakeTemporal {
  const fake = withAllCalls(new FakeTemporal(), serverVersion);
  const startMs = Date.now() - DAY_MS / 2;
  fake.executions.push({ id: 'w1', startMs, closeMs: startMs + 1, events: [started(under('k1'))] });
  return fake;
}

async function run(
  fake: FakeTemporal,
  args: readonly string[],
  said?: Readonly<Record<string, string>>,
): Promise<Ended> {
  await server?.close();
  server = await serveFakeTemporal(fake, said);
  const environment = { HOME: directory, XDG_CONFIG_HOME: undefined, ...server.environment };
  return waxseal(['keys', ...args], '', environment);
}

describe('a call that the server does not know', () => {
  it.each<[string, string, string | undefined, boolean]>([
    ['CountActivityExecutions', '1.32.0', undefined, false],
    ['CountNexusOperationExecutions', '1.32.1-rc.1', undefined, false],
    ['ListWorkerDeployments', '1.40.0', 'Method not found', false],
    ['ListBatchOperations', '2.0', undefined, false],
    ['ListBatchOperations', '', undefined, false],
    ['CountActivityExecutions', '1.30.4', undefined, true],
    ['CountNexusOperationExecutions', '1.32.0', 'Standalone Nexus operation is disabled', true],
    ['ListWorkerDeployments', '1.24.2', undefined, true],
  ])('%s of a server %j that says %j: all was looked at is %p', async (method, version, said, complete) => {
    const fake = withOne(version);
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete
    delete fake.calls[method];
    const args = ['usage', '--json', '--fail-if-used', 'k2'];
    const { exitCode, stdout } = await run(fake, args, said === undefined ? {} : { [method]: said });
    const report = JSON.parse(stdout) as {
      readonly leftOut: readonly string[];
      readonly keys: readonly { readonly notNeededFrom: string | null }[];
    };
    expect(report).toMatchObject({ complete });
    expect(report.leftOut).toEqual(complete ? [] : [expect.stringContaining(method)]);
    expect(report.keys[0]?.notNeededFrom).toEqual(complete ? expect.any(String) : null);
    expect(exitCode).toBe(complete ? 0 : 1);
    const drained = await run(fake, ['drain', '--from', 'k1'], said === undefined ? {} : { [method]: said });
    expect(drained.exitCode).toBe(complete ? 0 : 1);
  });

  it('is missed where the namespace says that it has it, whatever the version', async () => {
    const fake = withOne('1.20.0');
    delete fake.calls['CountActivityExecutions'];
    fake.calls['DescribeNamespace'] = () =>
      api.DescribeNamespaceResponse.encode({
        namespaceInfo: { id: 'x', capabilities: { standaloneActivities: true } },
      }).finish();
    const { stdout } = await run(fake, ['usage']);
    expect(stdout).toContain('- Standalone activities were not looked at: the server is 1.20.0, and Count');
  });

  it('ends the scan where there is no scan without it', async () => {
    const fake = withOne();
    delete fake.calls['ListSchedules'];
    const { exitCode, stderr } = await run(fake, ['usage']);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('ListSchedules with gRPC status 12')]);
  });
});

describe('a namespace', () => {
  it('that is not there is named', async () => {
    const fake = withOne();
    for (const method of ['DescribeNamespace', 'CountWorkflowExecutions']) {
      fake.calls[method] = () => undefined;
    }
    for (const args of [
      ['usage', '--fail-if-used', 'k1'],
      ['drain', '--from', 'k1'],
    ]) {
      const { exitCode, stderr } = await run(fake, args);
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining('has no namespace "orders"')]);
    }
  });

  it('with nothing in it tells nothing of a key, unless it may be so', async () => {
    const empty = withAllCalls(new FakeTemporal());
    for (const demand of [['--fail-if-used', 'k1'], ['--fail-on-plaintext']]) {
      const { exitCode, stderr } = await run(empty, ['usage', ...demand]);
      expect(exitCode).toBe(1);
      expect(stderr).toContain('Nothing was there to be looked at');
      expect(stderr).toContain('Namespace "orders"');
      expect((await run(empty, ['usage', ...demand, '--allow-empty'])).exitCode).toBe(0);
    }
    expect((await run(empty, ['usage'])).exitCode).toBe(0);
    mkdirSync(join(directory, 'no-files'));
    const files = await waxseal(['keys', 'usage', join(directory, 'no-files'), '--fail-if-used', 'k1']);
    expect([files.exitCode, files.stderr]).toEqual([1, expect.stringContaining('no-files. Is it the right')]);
  });

  it('of another ID does not go on with what was kept, nor with its findings', async () => {
    const args = ['usage', '--state', STATE, '--findings', FINDINGS];
    const current = { asOfMs: 1, slices: [], done: 1, closed: {}, executions: 9, gone: 0, findingsBytes: 6 };
    const open = { holders: {}, uses: [] };
    const stateOf = (namespaceId: string): string =>
      JSON.stringify({ stateVersion: 2, namespaceId, current: { ...current, open } });
    writeFileSync(STATE, stateOf('another'));
    writeFileSync(FINDINGS, '{"a"}\n');
    const other = await run(withOne(), args);
    expect(other.stderr).toContain('is of another namespace: this scan begins anew');
    expect(other.stderr).not.toContain('goes on');
    expect(readFileSync(FINDINGS, 'utf8')).toMatch(/^\{"in":"closed executions"[^\n]*\n$/);
    writeFileSync(STATE, stateOf('id-of-orders'));
    writeFileSync(FINDINGS, '{"a"}\n');
    const same = await run(withOne(), args);
    expect(same.stderr).toContain('A scan that was interrupted goes on.');
    expect(readFileSync(FINDINGS, 'utf8')).toBe('{"a"}\n');
  });
});

describe('keys drain', () => {
  it('says what it could not read, and does not exit with 0', async () => {
    const fake = withAllCalls(new FakeTemporal());
    const events = [started(under('k2')), { eventId: 3 as never }];
    fake.executions.push({ id: 'w1', startMs: Date.now() - DAY_MS, events });
    const { exitCode, stdout, stderr } = await run(fake, ['drain', '--from', 'k1']);
    expect([exitCode, stdout]).toEqual([1, '0 open executions need "k1".\n']);
    expect(stderr).toContain('Not looked at: 1 answer of Temporal was cut off');
    const json = await run(fake, ['drain', '--from', 'k1', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ complete: false, leftOut: [expect.any(String)] });
    fake.executions[0]?.events.pop();
    const whole = await run(fake, ['drain', '--from', 'k1', '--json']);
    expect([whole.exitCode, JSON.parse(whole.stdout)]).toEqual([
      0,
      { from: 'k1', complete: true, leftOut: [], executions: [] },
    ]);
  });
});
