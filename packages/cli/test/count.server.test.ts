import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { EnvelopePlugin } from '@waxseal/temporal';
import { makeNamespace } from '@waxseal/test-support/namespace';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { waxseal, type Ended } from './support/waxseal';

const address = process.env['WAXSEAL_TEST_TEMPORAL_ADDRESS'] ?? '';
const cli = process.env['WAXSEAL_TEST_TEMPORAL_CLI'];
const run = randomUUID().slice(0, 8);
const namespace = `count-${run}`;
const directory = temporaryDirectory();
const plugin = new EnvelopePlugin({
  keyring: new Keyring({ primary: new LocalKey({ id: 'orders', key: Buffer.alloc(32, 1) }) }),
});
let connection: Connection;

const environment = {
  HOME: directory,
  XDG_CONFIG_HOME: undefined,
  TEMPORAL_ADDRESS: address,
  TEMPORAL_NAMESPACE: namespace,
};
const count = (...args: string[]): Promise<Ended> => waxseal(['count', ...args], '', environment);
const countInNamespace = (...args: string[]): Promise<Ended> => count('--temporal', ...args);

beforeAll(async () => {
  connection = await Connection.connect({ address });
  await makeNamespace(connection, namespace);
  const clients = {
    plain: new Client({ connection, namespace }),
    sealed: new Client({ connection, namespace, plugins: [plugin] }),
  };
  for (const [name, client] of Object.entries(clients)) {
    await client.workflow.start('waits', {
      workflowId: name,
      taskQueue: 'nobody',
      args: ['one', { two: 2 }],
      memo: { note: 'x' },
    });
    await client.schedule.create({
      scheduleId: `daily-${name}`,
      spec: { intervals: [{ every: '1d' }] },
      action: { type: 'startWorkflow', workflowType: 'waits', taskQueue: 'nobody', args: ['one'] },
      state: { paused: true },
    });
  }
}, 60_000);

afterAll(async () => {
  await connection.close();
  plugin.codec.close();
});

describe('waxseal count', () => {
  it('counts in the executions and schedules of a namespace, and names those in clear', async () => {
    let ended: Ended;
    // Visibility comes later than the start.
    do ended = await countInNamespace();
    while (!/^4 looked at/m.test(ended.stdout));
    expect(ended.exitCode).toBe(1);
    expect(ended.stdout).toContain('"plain": 0 envelopes, 4 plaintext, 0 failures in clear');
    expect(ended.stdout).toContain('"workflowExecutionStarted json/plain": 3');
    expect(ended.stdout).toContain('"schedule daily-plain": 0 envelopes, 1 plaintext');
    expect(ended.stdout).toContain('4 looked at: 5 envelopes, 5 plaintext');
    expect(ended.stdout).not.toContain('"sealed"');
  });

  it('finds nothing in clear where everything is sealed, and everything where that is to be', async () => {
    const query = ['--query', 'WorkflowId="sealed"', '--json'];
    const { stdout } = await countInNamespace(...query);
    expect(JSON.parse(stdout)).toMatchObject({ looked: 3, others: [{ name: 'schedule daily-plain' }] });
    const back = await countInNamespace(...query, '--expect', 'plaintext');
    expect(JSON.parse(back.stdout)).toMatchObject({
      others: [
        { name: 'schedule daily-sealed', envelopes: 1 },
        { name: 'sealed', envelopes: 4 },
      ],
    });
    expect(back.exitCode).toBe(1);
  });

  it('does not take a part for the whole', async () => {
    const part = ['--query', 'WorkflowId IN ("plain", "sealed")', '--limit', '1'];
    const json = await countInNamespace(...part, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ complete: false });
    const text = await countInNamespace(...part);
    expect(text.stdout).not.toContain('All of it');
    expect([json.exitCode, text.exitCode]).toEqual([1, 1]);
  });

  it('reads histories as the temporal command writes them, and refuses its shorthand', async () => {
    if (cli === undefined) return;
    const show = async (id: string): Promise<string> => {
      const args = ['workflow', 'show', '-w', id, '-o', 'json', '--address', address, '-n', namespace];
      const { stdout } = await promisify(execFile)(cli, args);
      const file = join(directory, `${id}.json`);
      writeFileSync(file, stdout);
      return file;
    };
    const sealed = await show('sealed');
    expect(await count(sealed)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('All of it is encrypted'),
    });
    const plain = await show('plain');
    expect(await count(sealed, plain)).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('2 looked at: 3 envelopes, 3 plaintext'),
    });
    const shorthand = '{"events":[{"workflowExecutionStartedEventAttributes":{"input":["one"]}}]}';
    expect((await waxseal(['count'], shorthand)).stderr).toContain('--no-json-shorthand-payloads');
    const failed =
      '{"events":[{"activityTaskFailedEventAttributes":{"failure":{"message":"declined","cause":{"stackTrace":"at x"}}}}]}';
    expect((await waxseal(['count'], failed)).stdout).toContain('0 plaintext, 2 failures in clear');
  });

  it('sees that a schedule is sealed once it is updated by a client that encrypts', async () => {
    const sealed = new Client({ connection, namespace, plugins: [plugin] });
    await sealed.schedule.getHandle('daily-plain').update((previous) => previous);
    const { stdout } = await countInNamespace('--query', 'WorkflowId="sealed"');
    expect(stdout).toContain('All of it is encrypted');
  });

  it('says what is wrong with an option, a file, and a filter', async () => {
    expect((await count('--expect', 'nothing')).stderr).toContain('--expect');
    expect((await count('--temporal', 'file.json')).stderr).toContain('one of the two');
    expect((await count(join(directory, 'missing.json'))).stderr).toContain('ENOENT');
    expect((await waxseal(['count'], '{"events":7}')).stderr).toContain('is no history');
    expect((await countInNamespace('--query', 'Nonsense=')).stderr).toContain('--query');
  });
});
