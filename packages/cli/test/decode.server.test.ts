import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { localKeyUri } from '@waxseal/config';
import { Keyring } from '@waxseal/core';
import { createLocalKeyringFile, LocalKey } from '@waxseal/local-key';
import { EnvelopePlugin } from '@waxseal/temporal';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { waxseal, type Ended } from './support/waxseal';

const address = process.env['WAXSEAL_TEST_TEMPORAL_ADDRESS'] ?? '';
const cli = process.env['WAXSEAL_TEST_TEMPORAL_CLI'];
const run = randomUUID().slice(0, 8);
const sealedId = `decode-sealed-${run}`;
const plainId = `decode-plain-${run}`;
const directory = temporaryDirectory();
const keyFile = join(directory, 'keys.json');
const SIGNALS = 300;
let plugin: EnvelopePlugin;
let connection: Connection;
let runId: string;

const environment = {
  HOME: directory,
  XDG_CONFIG_HOME: undefined,
  TEMPORAL_ADDRESS: address,
  TEMPORAL_NAMESPACE: 'default',
  WAXSEAL_PRIMARY_KEY: localKeyUri(keyFile, 'orders'),
};
const ask = (...args: string[]): Promise<Ended> => waxseal(args, '', environment, directory);

/** Starts the same execution that waits for nobody, and tells it more than a page of history holds. */
async function start(client: Client, workflowId: string): Promise<string> {
  const handle = await client.workflow.start('waits', {
    workflowId,
    taskQueue: `nobody-${run}`,
    args: ['order', { card: '4242424242424242' }],
    memo: { note: 'x' },
  });
  for (let index = 0; index < SIGNALS; index++) await handle.signal('tell', index);
  return handle.firstExecutionRunId;
}

interface PayloadsJson {
  readonly payloads?: readonly { readonly data: string }[];
}

interface HistoryJson {
  readonly events: readonly {
    readonly workflowExecutionStartedEventAttributes?: { readonly input: PayloadsJson };
    readonly workflowExecutionSignaledEventAttributes?: { readonly input: PayloadsJson };
  }[];
}

/** The data that a decoded history has for an execution and its signals. */
function dataIn(stdout: string): readonly string[] {
  const { events } = JSON.parse(stdout) as HistoryJson;
  return events
    .map(
      (event) =>
        event.workflowExecutionStartedEventAttributes ?? event.workflowExecutionSignaledEventAttributes,
    )
    .flatMap((attributes) => attributes?.input.payloads ?? [])
    .map(({ data }) => data);
}

/** The same of an execution that was never encrypted, from the server. */
async function dataOnServer(workflowId: string): Promise<readonly string[]> {
  const { events } = await new Client({ connection }).workflow.getHandle(workflowId).fetchHistory();
  return (events ?? [])
    .map(
      (event) =>
        event.workflowExecutionStartedEventAttributes ?? event.workflowExecutionSignaledEventAttributes,
    )
    .flatMap((attributes) => attributes?.input?.payloads ?? [])
    .map(({ data }) => Buffer.from(data ?? []).toString('base64'));
}

beforeAll(async () => {
  createLocalKeyringFile(keyFile, { id: 'orders' });
  plugin = new EnvelopePlugin({ keyring: new Keyring({ primary: LocalKey.fromFile(keyFile) }) });
  connection = await Connection.connect({ address });
  const [run] = await Promise.all([
    start(new Client({ connection, plugins: [plugin] }), sealedId),
    start(new Client({ connection }), plainId),
  ]);
  runId = run;
}, 60_000);

afterAll(async () => {
  const client = new Client({ connection });
  await Promise.all([sealedId, plainId].map((id) => client.workflow.getHandle(id).terminate()));
  await connection.close();
  plugin.codec.close();
});

describe('an execution on a server', () => {
  it('is decoded to what it would be without encryption, page by page, and recorded by its name', async () => {
    const audit = join(directory, 'audit.jsonl');
    const { exitCode, stdout, stderr } = await ask('decode', '--workflow-id', sealedId, '--audit', audit);
    expect(stderr).toMatch(/^waxseal: Audit head: \S+\n$/);
    expect(exitCode).toBe(0);
    const data = dataIn(stdout);
    expect(data).toHaveLength(SIGNALS + 2);
    expect(data).toEqual(await dataOnServer(plainId));
    expect(JSON.parse(readFileSync(audit, 'utf8'))).toMatchObject({
      method: 'local',
      namespace: 'default',
      keyIds: ['orders/v1'],
      named: { workflowId: sealedId, runId, by: 'command' },
      payloadCount: SIGNALS + 3,
      outcome: 'allowed',
    });
    const queried = await ask('audit', 'query', '--workflow', sealedId, audit);
    expect(queried.stdout).toContain('workflow named');
  });

  it('is written as the temporal command writes it, and decoded to the same from a file of that', async () => {
    if (cli === undefined) return;
    const args = ['workflow', 'show', '-w', plainId, '-o', 'json', '--no-json-shorthand-payloads'];
    const show = async (id: string): Promise<string> => {
      const given = args.map((arg) => (arg === plainId ? id : arg));
      const options = { maxBuffer: 2 ** 26 };
      return (await promisify(execFile)(cli, [...given, '--address', address], options)).stdout;
    };
    const plain = await ask('decode', '--workflow-id', plainId);
    expect(JSON.parse(plain.stdout)).toEqual(JSON.parse(await show(plainId)));
    const file = join(directory, 'history.json');
    writeFileSync(file, await show(sealedId));
    const [ofFile, ofServer] = await Promise.all([
      ask('decode', file, '--namespace', 'default'),
      ask('decode', '--workflow-id', sealedId, '--run-id', runId),
    ]);
    expect(ofFile.exitCode).toBe(0);
    expect(JSON.parse(ofFile.stdout)).toEqual(JSON.parse(ofServer.stdout));
  });

  it('is inspected without a key: where each payload is, and how many there are of each', async () => {
    const { exitCode, stdout } = await ask(
      'inspect',
      '--workflow-id',
      sealedId,
      '--ndjson',
      '--fail-on-plaintext',
    );
    expect(exitCode).toBe(0);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toHaveLength(SIGNALS + 5);
    expect(lines.at(-1)).toEqual({
      totals: expect.objectContaining({
        payloads: SIGNALS + 4,
        encrypted: SIGNALS + 4,
        byKey: [{ format: 'waxseal', key: 'orders/v1', payloads: SIGNALS + 4 }],
      }),
    });
    expect(lines).toContainEqual(
      expect.objectContaining({
        event: { id: String(SIGNALS + 2), type: 'workflowExecutionSignaled', time: expect.any(String) },
        kind: 'signal',
        field: 'input.payloads[0]',
      }),
    );
    expect(stdout).not.toContain('4242');
    const plain = await ask('inspect', '--workflow-id', plainId, '--fail-on-plaintext');
    expect(plain.exitCode).toBe(3);
    expect(plain.stdout).toContain(`plaintext "json/plain": ${String(SIGNALS + 4)}`);
    expect(plain.stdout).not.toContain('4242');
  });

  it('is not there', async () => {
    const missing = await ask('inspect', '--workflow-id', 'nobody-knows');
    expect(missing).toMatchObject({ exitCode: 1, stdout: '' });
    expect(missing.stderr).toContain('Workflow "nobody-knows" is not in namespace "default"');
    const elsewhere = await ask('decode', '--workflow-id', sealedId, '--namespace', 'no-such-namespace');
    expect(elsewhere).toMatchObject({ exitCode: 1, stdout: '' });
  });
});
