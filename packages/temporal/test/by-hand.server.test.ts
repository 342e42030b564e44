import { execFile } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { beforeAll, expect, it } from '@jest/globals';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { serverEnvironment } from './support/server-environment';

const { address } = serverEnvironment();
const directory = temporaryDirectory();

/** A Worker of activities, whose data converter is put together by hand. */
const PROGRAM = `
const { Client, Connection } = require('@temporalio/client');
const { NativeConnection, Worker } = require('@temporalio/worker');
const { EnvelopeCodec, Keyring } = require('@waxseal/core');
const { LocalKey } = require('@waxseal/local-key');
const { withEnvelope } = require('@waxseal/temporal');
async function main() {
  const codec = new EnvelopeCodec({ keyring: new Keyring({ primary: new LocalKey({ id: 'k', key: Buffer.alloc(32, 1) }) }) });
  const dataConverter = MAKE;
  const connection = await NativeConnection.connect({ address: process.env.ADDRESS });
  const taskQueue = 'by-hand-' + process.pid + Date.now();
  const worker = await Worker.create({ connection, taskQueue, dataConverter, activities: { greet: async (name) => 'hello ' + name }, workflowBundle: { codePath: './workflows.bundle.js' } });
  const client = new Client({ connection: await Connection.connect({ address: process.env.ADDRESS }), dataConverter });
  process.stdout.write('started ');
  console.log(await worker.runUntil(client.workflow.execute('greets', { taskQueue, workflowId: taskQueue, args: ['you'] })));
  process.exit();
}
main();`;

const WORKFLOWS = `
const { proxyActivities } = require('@temporalio/workflow');
const { greet } = proxyActivities({ startToCloseTimeout: '10s' });
exports.greets = (name) => greet(name);`;

beforeAll(async () => {
  symlinkSync(resolve(__dirname, '../../../node_modules'), join(directory, 'node_modules'));
  const workflowsPath = join(directory, 'workflows.js');
  writeFileSync(workflowsPath, WORKFLOWS);
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') });
  writeFileSync(join(directory, 'workflows.bundle.js'), code);
});

it.each([
  ['{ payloadCodecs: [codec] }', true],
  [
    "{ payloadCodecs: [codec], failureConverterPath: require.resolve('@waxseal/temporal/failure-converter') }",
    false,
  ],
  ['withEnvelope(undefined, codec)', false],
])(
  'a Worker with %s is warned of errors in clear: %s',
  async (made, isWarned) => {
    const code = PROGRAM.replace('MAKE', made);
    const env = { ...process.env, ADDRESS: address };
    const file = join(directory, 'worker.js');
    writeFileSync(file, code);
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], { cwd: directory, env });
    expect(stdout).toContain('hello you');
    expect(stderr.split('WAXSEAL_FAILURES_IN_CLEAR')).toHaveLength(isWarned ? 2 : 1);
    if (isWarned) expect(stderr).toContain('EnvelopePlugin');
  },
  60_000,
);
