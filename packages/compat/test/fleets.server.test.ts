import { randomUUID } from 'node:crypto';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { runCommand, searchBytes, waitUntil } from '@waxseal/bring-up';
import { type ListeningCodecServer, createCodecServer, listen } from '@waxseal/codec-server';
import { localKeyUri } from '@waxseal/config';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { createLocalKeyringFile, LocalKey } from '@waxseal/local-key';
import { EnvelopePlugin } from '@waxseal/temporal';
import { type PayloadJson, rejectionOf } from '@waxseal/test-support';
import { makeNamespace } from '@waxseal/test-support/namespace';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { workflowBundle } from '@waxseal/test-support/workflow-bundle';

import { command, configurationReadingAs, ROOT } from './support/command';
import { BUILD_MS, type FleetProgram } from './support/fleet-programs';
import { type Execution, type Fleet, FLEETS, programOf } from './support/fleets';
import { KEYS } from './support/peers';
import { exported, payloadsIn, protojsonOf } from './support/stored';

const address = process.env['WAXSEAL_TEST_TEMPORAL_ADDRESS'] ?? '';
const run = randomUUID().slice(0, 8);
const namespace = `fleets-${run}`;
const card = `4242-${run}`;
const directory = temporaryDirectory();
const keyFile = join(directory, 'keys.json');
const oldKeyFile = join(directory, 'old.key');
/** What is stored of the executions of those that were run. */
const stored = new Map<Fleet, readonly PayloadJson[]>();

let connection: Connection;
let nativeConnection: NativeConnection;
let envelope: EnvelopeCodec;
let codecServer: ListeningCodecServer;

beforeAll(async () => {
  // What takes minutes the first time goes on beside the others.
  for (const fleet of FLEETS) void programOf(fleet, directory);
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  createLocalKeyringFile(keyFile, { id: 'orders' });
  writeFileSync(oldKeyFile, KEYS.samples);
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
  envelope = new EnvelopeCodec({ keyring: new Keyring({ primary: LocalKey.fromFile(keyFile) }) });
  codecServer = await listen(createCodecServer({ codec: envelope, allowEncode: true }), { port: 0 });
  connection = await Connection.connect({ address });
  nativeConnection = await NativeConnection.connect({ address });
  await makeNamespace(connection, namespace);
}, 60_000);

afterAll(async () => {
  await codecServer.close();
  envelope.close();
  await connection.close();
  await nativeConnection.close();
});

const idOf = (fleet: Fleet, execution: Execution): string =>
  `${fleet.name.replaceAll(' ', '-')}-${run}-${execution}`;
const queueOf = (fleet: Fleet): string => idOf(fleet, 'open');

async function runFleet(fleet: Fleet, { command, args, environment }: FleetProgram): Promise<void> {
  const key =
    fleet.codec === 'remote' ? `${codecServer.url}/${namespace}` : Buffer.from(KEYS.samples).toString('hex');
  const prefix = idOf(fleet, 'done').slice(0, -'-done'.length);
  const queues = [idOf(fleet, 'done'), queueOf(fleet)];
  const given = [address, namespace, ...queues, fleet.codec, key, prefix, card];
  await runCommand(command, [...args, ...given], { environment, timeoutMs: 120_000 });
}

const textOf = ({ metadata }: PayloadJson, name: string): string =>
  Buffer.from(metadata[name] ?? '', 'base64').toString();

/** What is stored of an execution: it is nowhere in clear, and names the keys that the fleet writes under. */
async function storedOf(client: Client, fleet: Fleet, execution: Execution): Promise<readonly PayloadJson[]> {
  const workflowId = idOf(fleet, execution);
  const { raw } = await client.workflow.getHandle(workflowId).describe();
  const text = `[${await exported(client, workflowId)},${protojsonOf(raw)}]`;
  expect(searchBytes(Buffer.from(text), [card, 'It says'])).toEqual([]);
  const payloads = payloadsIn(JSON.parse(text));
  const encoding = fleet.format === 'waxseal' ? 'binary/envelope' : 'binary/encrypted';
  const theirs = payloads.filter((payload) => textOf(payload, 'encoding') === encoding);
  const keyIds = new Set(theirs.map((payload) => textOf(payload, 'encryption-key-id')));
  expect([...keyIds].sort()).toEqual(fleet.keyIds[execution]);
  return payloads;
}

/** Has the execution that the fleet began run by a Worker of Waxseal, and replays it. */
async function finish(client: Client, plugin: EnvelopePlugin, fleet: Fleet): Promise<unknown> {
  const common = {
    plugins: [plugin],
    workflowBundle: await workflowBundle(require.resolve('./support/workflows'), [plugin]),
  };
  const worker = await Worker.create({
    ...common,
    connection: nativeConnection,
    namespace,
    taskQueue: queueOf(fleet),
    activities: { echo: (value: string) => Promise.resolve(value) },
    // Every task replays, so that nothing rests on what is in memory.
    maxCachedWorkflows: 0,
  });
  const handle = client.workflow.getHandle(idOf(fleet, 'open'));
  const result: unknown = await worker.runUntil(handle.result());
  await Worker.runReplayHistory(common, await handle.fetchHistory(), handle.workflowId);
  return result;
}

describe.each(FLEETS)('a fleet in $name', (fleet) => {
  it(
    'is read by a client of Waxseal, and its executions are run by a Worker',
    async () => {
      const program = await programOf(fleet, directory);
      if (typeof program === 'string') {
        if (process.env['CI'] === 'true') throw new Error(program);
        process.stderr.write(`The fleet in ${fleet.name} is not run: ${program}\n`);
        return;
      }
      await runFleet(fleet, program);
      const plugin = new EnvelopePlugin({ codecs: [...fleet.readers(), envelope] });
      const client = new Client({ connection, namespace, plugins: [plugin] });
      const done = client.workflow.getHandle(idOf(fleet, 'done'));
      expect(await done.result()).toEqual([card, `told-${card}`]);
      expect((await done.describe()).memo).toEqual({ note: card });
      const failed = client.workflow.getHandle(idOf(fleet, 'failed'));
      const { cause } = await rejectionOf(() => failed.result());
      expect((cause as Error).message).toBe(`It says ${card}`);
      expect(cause).toMatchObject({ details: [card] });

      expect(await finish(client, plugin, fleet)).toEqual([card, `told-${card}`]);
      const open = await storedOf(client, fleet, 'open');
      expect(open.map((payload) => textOf(payload, 'encoding'))).toContain('binary/envelope');
      stored.set(fleet, [
        ...(await storedOf(client, fleet, 'done')),
        ...(await storedOf(client, fleet, 'failed')),
        ...open,
      ]);
    },
    BUILD_MS + 180_000,
  );

  it('is shown by the command, with the configuration that the documentation shows', async () => {
    if (!stored.has(fleet)) return;
    writeFileSync(join(directory, 'waxseal.config.mjs'), configurationReadingAs(fleet.documented));
    const env = {
      TEMPORAL_NAMESPACE: namespace,
      WAXSEAL_PRIMARY_KEY: localKeyUri(keyFile, 'orders'),
      OLD_KEY_FILE: oldKeyFile,
    };
    const shown = (execution: Execution): Promise<string> =>
      command(directory, ['decode', '--workflow-id', idOf(fleet, execution), '--readable'], env);
    expect(await shown('open')).toContain(`told-${card}`);
    expect(await shown('failed')).toContain(`It says ${card}`);
  });
});

it('what they wrote, and what was written since, is counted without a key', async () => {
  // The list comes later than the end.
  const areListed = async (): Promise<boolean> => {
    const query = "ExecutionStatus != 'Running'";
    const { count } = await connection.workflowService.countWorkflowExecutions({ namespace, query });
    return Number(count) === 3 * stored.size;
  };
  expect(await waitUntil(areListed)).toBe(true);
  const text = await command(directory, ['keys', 'usage', '--json'], {
    TEMPORAL_NAMESPACE: namespace,
    WAXSEAL_CONFIG: undefined,
  });
  const usage = JSON.parse(text) as { readonly keys: readonly { format: string; payloads: number }[] };
  expect(usage).toMatchObject({ complete: true, malformed: [], unseen: [], elsewhere: [], plaintext: [] });
  const counted: Record<string, number> = {};
  for (const { format, payloads } of usage.keys) counted[format] = (counted[format] ?? 0) + payloads;
  const expected: Record<string, number> = {};
  for (const [{ format }, payloads] of stored) {
    for (const payload of payloads) {
      const name = { 'binary/encrypted': format, 'binary/envelope': 'waxseal' }[textOf(payload, 'encoding')];
      if (name !== undefined) expected[name] = (expected[name] ?? 0) + 1;
    }
  }
  expect(counted).toEqual(expected);
  for (const secret of [KEYS.samples, card]) expect(text).not.toContain(secret);
});
