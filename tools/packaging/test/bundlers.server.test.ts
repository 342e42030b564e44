import { execFile } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { beforeAll, describe, expect, it } from '@jest/globals';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { EnvelopePlugin } from '@waxseal/temporal';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { build, type BuildOptions } from 'esbuild';
import webpack, { type Configuration } from 'webpack';

const root = resolve(__dirname, '../../..');
const program = (name: string): string => join(__dirname, 'programs', `${name}.mjs`);
const directory = temporaryDirectory();
const workflowBundle = join(directory, 'workflows.bundle.js');

/** What an ES module lacks that CommonJS packages in it look for, as esbuild's users write it. */
const BANNER =
  "import{createRequire}from'node:module';import{dirname as d}from'node:path';import{fileURLToPath as f}from'node:url';" +
  'const require=createRequire(import.meta.url),__filename=f(import.meta.url),__dirname=d(__filename);';
/** The same without the names of files, which no bundler needs. */
const REQUIRE = "import{createRequire}from'node:module';const require=createRequire(import.meta.url);";

async function withEsbuild(name: string, outfile: string, options: BuildOptions = {}): Promise<string> {
  const path = join(directory, outfile);
  await build({
    entryPoints: [program(name)],
    bundle: true,
    platform: 'node',
    outfile: path,
    logLevel: 'error',
    ...options,
  });
  return path;
}

function withWebpack(name: string, filename: string, options: Configuration = {}): Promise<string> {
  const configuration: Configuration = {
    mode: 'development',
    devtool: false,
    target: 'node',
    entry: program(name),
    output: { path: directory, filename },
    ...options,
  };
  return new Promise((done, failed) => {
    webpack(configuration, (error, stats) => {
      if (error || stats?.hasErrors() === true) failed(error ?? new Error(stats?.toString('errors-only')));
      else done(join(directory, filename));
    });
  });
}

/** What a program prints, or the error that it ends with. */
async function run(file: string, environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const env = {
    ...process.env,
    TEMPORAL_ADDRESS: process.env['WAXSEAL_TEST_TEMPORAL_ADDRESS'],
    WORKFLOW_BUNDLE: workflowBundle,
    ...environment,
  };
  const { stdout } = await promisify(execFile)(process.execPath, [file], { env, cwd: directory }).catch(
    (error: unknown) => ({ stdout: (error as { stderr: string }).stderr }),
  );
  return stdout.trim();
}

beforeAll(async () => {
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  const keyring = new Keyring({ primary: new LocalKey({ id: 'k', key: Buffer.alloc(32, 1) }) });
  const { code } = await bundleWorkflowCode({
    workflowsPath: program('workflows'),
    plugins: [new EnvelopePlugin({ keyring })],
    logger: new DefaultLogger('ERROR'),
  });
  writeFileSync(workflowBundle, code);
});

describe('a client encrypts', () => {
  it.each<[string, () => Promise<string>]>([
    ['as it is', () => Promise.resolve(program('client'))],
    ['in one file of esbuild', () => withEsbuild('client', 'client.cjs')],
    ['in one of esbuild, small', () => withEsbuild('client', 'small.cjs', { minify: true })],
    ['in an ES module', () => withEsbuild('client', 'client.mjs', { format: 'esm', banner: { js: BANNER } })],
    [
      'in an ES module without names of files',
      () =>
        withEsbuild('client', 'bare.mjs', {
          format: 'esm',
          banner: { js: REQUIRE },
          external: ['@temporalio/*'],
        }),
    ],
    [
      'in one of webpack, with ids for names',
      () =>
        withWebpack('client', 'ids.webpack.cjs', {
          mode: 'production',
          optimization: { minimize: false, moduleIds: 'deterministic' },
        }),
    ],
    [
      'in one of webpack that makes up names of files',
      () => withWebpack('client', 'mock.webpack.cjs', { node: { __dirname: true, __filename: true } }),
    ],
  ])('%s', async (_name, make) => {
    expect(await run(await make())).toBe('binary/envelope "secret"');
  });
});

const WORKS = 'Encoded failure / boom secret';
const external = ['@temporalio/*'];

describe('a Worker', () => {
  it('in one file says what to do', async () => {
    const cjs = await withEsbuild('worker', 'worker.cjs', { external });
    const esm = await withEsbuild('worker', 'worker.mjs', {
      external,
      format: 'esm',
      banner: { js: REQUIRE },
    });
    for (const file of [cjs, esm]) {
      expect(await run(file)).toMatch(
        /ConfigurationError: The failure converter is no file.*Mark @waxseal\/\* as external.*failureConverterPath/,
      );
    }
  });

  it('works with the packages outside of the file, as docs/bundling.md has it', async () => {
    const file = await withEsbuild('worker', 'outside.cjs', { external: [...external, '@waxseal/*'] });
    expect(await run(file)).toBe(WORKS);
  });

  it('works with the converter in a file of its own, which it is told of', async () => {
    const file = await withEsbuild('worker', 'told.cjs', { external });
    const CONVERTER = join(directory, 'own-converter.cjs');
    await build({
      entryPoints: [join(root, 'packages/temporal/dist/failure-converter.js')],
      bundle: true,
      platform: 'node',
      outfile: CONVERTER,
      external,
    });
    expect(await run(file, { CONVERTER })).toBe(WORKS);
  });

  it('says what is wrong where half of the packages are outside', async () => {
    const file = await withEsbuild('worker', 'half.cjs', { external: [...external, '@waxseal/temporal'] });
    expect(await run(file)).toMatch(/ConfigurationError: .*second copy of @waxseal\/core/);
  });

  it('says what is wrong with the name of a module, which webpack makes of require.resolve()', async () => {
    const file = await withEsbuild('worker', 'wrong.cjs', { external });
    for (const CONVERTER of ['7', './node_modules/@waxseal/temporal/dist/failure-converter.js']) {
      expect(await run(file, { CONVERTER })).toMatch(
        /ConfigurationError: failureConverterPath must be the absolute/,
      );
    }
  });
});
