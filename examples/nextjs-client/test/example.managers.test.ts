import { execFile } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { freePort, startServiceProcess, waitUntil } from '@waxseal/bring-up';
import { startAwsKmsDouble, type AwsKmsDouble } from '@waxseal/testing';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { storedInput } from './support/stored-input';

const EXAMPLE = join(__dirname, '..');
const ROOT = join(EXAMPLE, '../..');
const directory = temporaryDirectory();
const tarballs = temporaryDirectory();
const own = Object.entries(process.env).filter(
  ([name]) => !/^(npm_|NODE_OPTIONS|NODE_ENV|JEST_)/i.test(name),
);
let kms: AwsKmsDouble;
let env: NodeJS.ProcessEnv;

async function run(cwd: string, command: string, ...args: readonly string[]): Promise<void> {
  await promisify(execFile)(command, args, { cwd, env, maxBuffer: 1e8, timeout: 300_000 }).catch(
    (error: unknown) => {
      const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
      throw new Error(`${command} ${args.join(' ')}:\n${stdout.slice(-2_000)}\n${stderr.slice(-2_000)}`);
    },
  );
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Installs the example as a reader does, but for packages that are not published yet. */
beforeAll(async () => {
  kms = await startAwsKmsDouble();
  env = {
    ...Object.fromEntries(own),
    NEXT_TELEMETRY_DISABLED: '1',
    TEMPORAL_ADDRESS: process.env['WAXSEAL_TEST_TEMPORAL_ADDRESS'],
    WAXSEAL_PRIMARY_KEY: `awskms:///${kms.createKey().arn}?id=orders`,
    AWS_ENDPOINT_URL: kms.endpoint,
    AWS_ACCESS_KEY_ID: 'AKIDTEST',
    AWS_SECRET_ACCESS_KEY: 'any',
  };
  for (const name of ['app', 'lib', 'tsconfig.json']) {
    cpSync(join(EXAMPLE, name), join(directory, name), { recursive: true });
  }
  const manifest = JSON.parse(readFileSync(join(EXAMPLE, 'package.json'), 'utf8')) as Manifest;
  const names = Object.keys(manifest.dependencies).filter((name) => name.startsWith('@waxseal/'));
  const folders = names.map((name) => name.replace('@waxseal/', './packages/'));
  await run(ROOT, 'npm', 'pack', '--ignore-scripts', '--pack-destination', tarballs, ...folders);
  const files = names.map((name) => {
    const archive = name.replace('@waxseal/', 'waxseal-');
    const file = readdirSync(tarballs).find((each) => each.startsWith(`${archive}-0`)) ?? '';
    return [name, `file:${join(tarballs, file)}`];
  });
  const dependencies = {
    ...manifest.dependencies,
    ...(Object.fromEntries(files) as Record<string, string>),
  };
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ ...manifest, dependencies }));
  await run(directory, 'npm', 'install', '--no-audit', '--no-fund');
  await run(directory, 'npm', 'run', 'build');
}, 600_000);

afterAll(() => kms.close());

it('builds with Next.js, and its route starts a workflow whose input is an envelope', async () => {
  const port = String(await freePort());
  const program = join(directory, 'node_modules/next/dist/bin/next');
  const args = [program, 'start', directory, '-H', '127.0.0.1', '-p', port];
  const server = await startServiceProcess(process.execPath, args, { environment: env });
  try {
    let answer: Response | undefined;
    const body = JSON.stringify({ card: '4242 4242 4242 4242' });
    await waitUntil(async () => {
      const url = `http://127.0.0.1:${port}/api/orders`;
      answer = await fetch(url, { method: 'POST', body }).catch(() => undefined);
      return answer !== undefined;
    });
    expect([answer?.status, server.ended]).toEqual([201, undefined]);
    const { workflowId } = (await answer?.json()) as { readonly workflowId: string };
    expect(await storedInput(workflowId, '4242')).toEqual(['binary/envelope', false]);
  } finally {
    await server.stop();
  }
}, 120_000);
