import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, it } from '@jest/globals';
import { waitUntil } from '@waxseal/bring-up';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { ended, startWaxseal, waitForLine, waxseal } from './support/waxseal';

const run = promisify(execFile);
const cli = process.env['WAXSEAL_TEST_TEMPORAL_CLI'] ?? '';
/** Neither the server of the test run, nor what a person has configured. */
const environment = { TEMPORAL_CLI: cli, TEMPORAL_ADDRESS: undefined, TEMPORAL_NAMESPACE: undefined };
const CARD = '4242424242424242';
const directory = temporaryDirectory();
const started: ChildProcess[] = [];
if (cli === '')
  console.warn('The tests of waxseal dev need a temporal command, and are skipped: there is none.');
const test = cli === '' ? it.skip : it;

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** A project's worker and client in one, which know of keys and addresses what the project configures. */
const WORKER = `
const { Client, Connection } = require('@temporalio/client');
const { loadClientConnectConfig } = require('@temporalio/envconfig');
const { DefaultLogger, NativeConnection, Runtime, Worker } = require('@temporalio/worker');
const { loadConfig } = require('@waxseal/config');
const { EnvelopePlugin } = require('@waxseal/temporal');

async function main(card) {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const { codecs, codec } = await loadConfig();
  const plugins = [new EnvelopePlugin({ codecs })];
  const { connectionOptions } = loadClientConnectConfig();
  const client = new Client({ connection: await Connection.connect(connectionOptions), plugins });
  const connection = await NativeConnection.connect(connectionOptions);
  const workflowsPath = require.resolve('./workflows.cjs');
  const worker = await Worker.create({ connection, plugins, taskQueue: 'orders', workflowsPath });
  const order = { workflowId: 'order-1', taskQueue: 'orders', args: [card] };
  const paid = await worker.runUntil(client.workflow.execute('order', order));
  process.stdout.write(JSON.stringify(paid));
  await client.connection.close();
  await connection.close();
  codec.close();
}

main(process.argv[2]);
`;

interface Running {
  readonly address: string;
  readonly processId: number;
  readonly ui?: string;
  readonly codecServer: string;
  readonly keys: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

function project(name: string): string {
  const path = join(directory, name);
  mkdirSync(path);
  writeFileSync(join(path, 'package.json'), JSON.stringify({ name }));
  return path;
}

/** Starts `waxseal dev` on free ports, and waits until all is up. */
async function startDev(cwd: string, ...args: string[]) {
  const ports = [
    '--port',
    '0',
    '--codec-port',
    '0',
    ...(args.includes('--headless') ? [] : ['--ui-port', '0']),
  ];
  const child = startWaxseal(['dev', '--json', ...ports, ...args], environment, cwd);
  started.push(child);
  const end = ended(child);
  const [text] = await waitForLine(child, /^\{.*\}$/m);
  return { child, end, running: JSON.parse(text) as Running };
}

/** Whether nothing is left: neither the development server, nor the shell that watches over it. */
async function isGone(processId: number): Promise<boolean> {
  const { stdout } = await run('ps', ['-eo', 'pid=,args=']);
  const lines = stdout.split('\n').map((line) => line.trim());
  return !lines.some(
    (line) => line.startsWith(`${String(processId)} `) || line.endsWith(` sh ${String(processId)}`),
  );
}

test('an initialised project: plaintext by the Codec Server alone, also for the Web UI; Ctrl-C ends all', async () => {
  const cwd = project('shop');
  expect(await waxseal(['init', '--provider', 'local', '--yes'], '', {}, cwd)).toMatchObject({ exitCode: 0 });
  const { child, end, running } = await startDev(cwd);
  const { address, processId, ui = '', codecServer, environment: variables } = running;
  expect(variables).toEqual({ TEMPORAL_ADDRESS: address });

  writeFileSync(join(cwd, 'workflows.cjs'), 'exports.order = async (card) => ({ paid: card });');
  writeFileSync(join(cwd, 'worker.cjs'), WORKER);
  symlinkSync(join(__dirname, '../../../node_modules'), join(cwd, 'node_modules'));
  const worker = { cwd, env: { ...process.env, ...environment, ...variables } };
  expect((await run(process.execPath, ['worker.cjs', CARD], worker)).stdout).toBe(`{"paid":"${CARD}"}`);

  const show = async (...more: string[]): Promise<string> =>
    (await run(cli, ['workflow', 'show', '-w', 'order-1', '--address', address, '-o', 'json', ...more]))
      .stdout;
  expect(await show()).toContain(Buffer.from('binary/envelope').toString('base64'));
  const paid = Buffer.from(`{"paid":"${CARD}"}`).toString('base64');
  expect(await show()).not.toContain(paid);
  expect(await show('--codec-endpoint', codecServer)).toContain(paid);

  const settings = (await (await fetch(`${ui}/api/v1/settings`)).json()) as { Codec: { Endpoint: string } };
  expect(settings.Codec.Endpoint).toBe(codecServer);
  const post = async (path: string, origin: string) => {
    const headers = { origin, 'content-type': 'application/json', 'x-namespace': 'default' };
    const answer = await fetch(codecServer + path, { method: 'POST', headers, body: '{"payloads":[]}' });
    return [answer.status, answer.headers.get('access-control-allow-origin')];
  };
  expect(await post('/decode', ui)).toEqual([200, ui]);
  expect(await post('/decode', 'http://localhost:1')).toEqual([403, null]);
  expect(await post('/encode', ui)).toEqual([403, ui]);

  child.kill('SIGINT');
  expect(await end).toMatchObject({ exitCode: 0 });
  // The shell that watches is told to end, and nobody waits for it.
  expect(await waitUntil(() => isGone(processId))).toBe(true);
});

test('a project without configuration: a local key that stays, and encoding where it is asked for', async () => {
  const cwd = project('bare');
  const first = await startDev(
    cwd,
    '--headless',
    '--allow-encode',
    '--db-filename',
    'temporal.db',
    '--',
    '-n',
    'eu',
  );
  expect(first.running).toMatchObject({ keys: ['bare'] });
  expect(first.running.ui).toBeUndefined();
  expect(readFileSync(join(cwd, '.waxseal', '.gitignore'), 'utf8')).toContain('*');
  expect(first.running.environment['WAXSEAL_PRIMARY_KEY']).toMatch(
    /^local:.*\/bare\/\.waxseal\/keyring\.json#bare$/,
  );
  const { codecServer, address, processId } = first.running;
  const body = JSON.stringify({ payloads: [{ metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: 'MQ==' }] });
  const encoded = await (await fetch(`${codecServer}/eu/encode`, { method: 'POST', body })).text();
  expect(encoded).toContain(Buffer.from('binary/envelope').toString('base64'));
  await run(cli, ['operator', 'namespace', 'describe', 'eu', '--address', address]);
  expect(existsSync(join(cwd, 'temporal.db'))).toBe(true);

  process.kill(processId, 'SIGKILL');
  const { exitCode, stderr } = await first.end;
  expect([exitCode, stderr]).toEqual([
    1,
    expect.stringContaining("Temporal's development server ended by itself: it was ended by SIGKILL"),
  ]);

  // A write to a pipe that nobody reads would end the server too: this one writes to none.
  const silent = join(cwd, 'silent');
  const script = `#!/bin/sh\n[ "$1" = server ] && exec >/dev/null 2>&1\nexec '${cli}' "$@"\n`;
  writeFileSync(silent, script, { mode: 0o700 });
  const second = await startDev(cwd, '--headless', '--temporal', silent);
  expect(second.running.environment['WAXSEAL_PRIMARY_KEY']).toBe(
    first.running.environment['WAXSEAL_PRIMARY_KEY'],
  );
  second.child.kill('SIGKILL');
  await second.end;
  expect(await waitUntil(() => isGone(second.running.processId))).toBe(true);
});

test('it ends when the process that has started it goes', async () => {
  const cwd = project('parent');
  const command = [process.execPath, join(__dirname, '../bin/waxseal.mjs'), 'dev', '--json', '--headless'];
  const script = '"$@" --port 0 --codec-port 0 & wait';
  const shell = spawn('/bin/sh', ['-c', script, 'sh', ...command], {
    cwd,
    env: { ...process.env, ...environment },
  });
  started.push(shell);
  const [, json = ''] = await waitForLine(shell, /^(\{.*\})$/m);
  const { processId } = JSON.parse(json) as Running;
  shell.kill('SIGKILL');
  expect(await waitUntil(() => isGone(processId))).toBe(true);
});

test('says what is in the way, and the next step', async () => {
  const cwd = project('errors');
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const dev = async (args: string[], more: NodeJS.ProcessEnv = {}) => {
    const { exitCode, stdout, stderr } = await waxseal(
      ['dev', ...args],
      '',
      { ...environment, ...more },
      cwd,
    );
    expect([stdout, existsSync(join(cwd, '.waxseal'))]).toEqual(['', false]);
    return `${String(exitCode)} ${stderr.trim()}`;
  };
  const inUse = async (flag: string): Promise<void> => {
    expect(await dev([flag, String(port)])).toMatch(
      new RegExp(
        `^1 (?:waxseal: Port .*\\n)*waxseal: ${flag}: port ${String(port)} of 127.0.0.1 is in use\\. .*leave ${flag} out for a free one\\.\\n {2}code: {2}WAXSEAL_CONFIGURATION\\n`,
      ),
    );
  };
  await Promise.all(['--port', '--ui-port', '--codec-port'].map(inUse));
  other.close();
  expect(await dev(['--port', '7999', '--ui-port', '7999'])).toContain('must be different ports.');
  expect(await dev(['--port', 'x'])).toMatch(/^2 /);
  const none = { TEMPORAL_CLI: undefined, PATH: cwd };
  expect(await dev([], none)).toMatch(
    /^1 waxseal: There is no temporal command on the PATH\. Install it with "brew /,
  );
  expect(await dev(['--temporal', 'package.json'])).toContain('is no program that can be run');
  symlinkSync(process.execPath, join(cwd, 'temporal'));
  expect(await dev([], none)).toContain('does not answer to --version');
  expect(await waxseal(['init', '--provider', 'local', '--yes'], '', {}, cwd)).toMatchObject({ exitCode: 0 });
  const file = join(cwd, 'waxseal.config.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as object;
  const auth = [{ type: 'jwt', issuer: 'https://login.example.com', audience: 'ui' }];
  writeFileSync(file, JSON.stringify({ ...config, server: { auth } }));
  const refused = await waxseal(
    ['dev', '--port', '0', '--ui-port', '0', '--codec-port', '0'],
    '',
    environment,
    cwd,
  );
  expect(refused).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('has server.auth') as unknown,
  });
});
