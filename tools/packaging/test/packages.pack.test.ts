import { execFile } from 'node:child_process';
import { copyFileSync, lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { beforeAll, describe, expect, it } from '@jest/globals';
import { temporaryDirectory, temporaryDirectoryForMany } from '@waxseal/test-support/temporary-directory';

const run = promisify(execFile);
const root = resolve(__dirname, '../../..');
const support = (name: string): string => join(__dirname, 'support', name);
const published = readdirSync(join(root, 'packages'));

/** The version of a package that this repository has. */
function versionOf(name: string): string {
  const manifest = readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

interface Packed {
  readonly name: string;
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

describe('the packages, as they are published', () => {
  const directory = temporaryDirectoryForMany();
  let packed: Packed[] = [];

  beforeAll(async () => {
    const { stdout } = await run(
      'npm',
      [
        'pack',
        '--json',
        '--ignore-scripts',
        '--pack-destination',
        directory,
        ...published.map((name) => `./packages/${name}`),
      ],
      { cwd: root },
    );
    const report = JSON.parse(stdout) as Packed[] | Record<string, Packed>;
    packed = Array.isArray(report) ? report : Object.values(report);
    const sdkVersion = versionOf('@temporalio/worker');
    const dependencies = Object.fromEntries([
      ...packed.map(({ name, filename }) => [name, `file:./${filename}`]),
      ...['client', 'common', 'proto', 'worker'].map((name) => [`@temporalio/${name}`, sdkVersion]),
    ]) as Record<string, string>;
    writeFileSync(
      join(directory, 'package.json'),
      JSON.stringify({ name: 'consumer', private: true, dependencies }),
    );
    await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'], {
      cwd: directory,
    });
    for (const file of ['use.cjs', 'use.mjs'])
      copyFileSync(join(__dirname, 'consumer', file), join(directory, file));
    for (const file of ['use.cts', 'use.mts'])
      copyFileSync(join(__dirname, 'consumer/use.ts.txt'), join(directory, file));
  }, 300_000);

  it('hold what is built and its source, and no test', () => {
    expect(packed.map(({ name }) => name).sort()).toEqual(published.map((name) => `@waxseal/${name}`).sort());
    for (const { name, files } of packed) {
      const paths = files.map(({ path }) => path);
      expect([
        name,
        paths.filter(
          (path) =>
            !/^(bin|dist|man|policy|src|vendor)\/|^(README\.md|LICENSE|package\.json|waxseal\.config\.schema\.json)$/.test(
              path,
            ),
        ),
      ]).toEqual([name, []]);
      expect(paths).toEqual(
        expect.arrayContaining(['README.md', 'LICENSE', 'package.json', 'dist/index.d.ts']),
      );
      // The command has no source, which would be a third of it: nobody steps into it by its types.
      expect([name, paths.some((path) => path.startsWith('src/'))]).toEqual([name, name !== '@waxseal/cli']);
    }
  });

  it('run with the Temporal SDK that an application has, and bring no second one', async () => {
    const application = temporaryDirectory();
    const install = async (dependencies: Readonly<Record<string, string>>): Promise<void> => {
      const manifest = { name: 'application', private: true, dependencies };
      writeFileSync(join(application, 'package.json'), JSON.stringify(manifest));
      await run('npm', ['install', '--package-lock-only', '--no-audit', '--no-fund', '--prefer-offline'], {
        cwd: application,
      });
    };
    const sdk = { '@temporalio/client': '1.18.0', '@temporalio/worker': '1.18.0' };
    await install(sdk);
    const added = ['cli', 'codec-server', 'compression', 'config', 'core', 'local-key', 'temporal'];
    const ours = packed
      .filter(({ name }) => added.includes(name.replace('@waxseal/', '')))
      .map(({ name, filename }) => [name, `file:${join(directory, filename)}`]);
    await install({ ...sdk, ...(Object.fromEntries(ours) as Record<string, string>) });
    const { packages } = JSON.parse(readFileSync(join(application, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { version?: string }>;
    };
    const copies = Object.entries(packages).filter(([path]) => path.endsWith('/@temporalio/common'));
    expect(copies.map(([path, { version }]) => [path, version])).toEqual([
      ['node_modules/@temporalio/common', '1.18.0'],
    ]);
  });

  /** Installs some of them into an empty project, with others from the registry. */
  const installed = async (
    names: readonly string[],
    others: Readonly<Record<string, string>>,
    ...args: readonly string[]
  ): Promise<string> => {
    const application = temporaryDirectory();
    const ours = packed
      .filter(({ name }) => names.includes(name.replace('@waxseal/', '')))
      .map(({ name, filename }) => [name, `file:${join(directory, filename)}`]);
    const dependencies = { ...others, ...(Object.fromEntries(ours) as Record<string, string>) };
    const manifest = { name: 'application', private: true, dependencies };
    writeFileSync(join(application, 'package.json'), JSON.stringify(manifest));
    const settings = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', ...args];
    await run('npm', ['install', ...settings], { cwd: application });
    return application;
  };

  it('core brings nothing that brings something else, beside what the SDK has', async () => {
    const sdk = { '@temporalio/common': versionOf('@temporalio/common') };
    const namesIn = async (names: readonly string[]): Promise<readonly string[]> => {
      const application = await installed(names, sdk, '--package-lock-only');
      const lock = readFileSync(join(application, 'package-lock.json'), 'utf8');
      return Object.keys((JSON.parse(lock) as { packages: object }).packages);
    };
    const before = new Set(await namesIn([]));
    expect((await namesIn(['core'])).filter((path) => !before.has(path)).sort()).toEqual([
      'node_modules/@waxseal/core',
      'node_modules/lru-cache',
    ]);
  });

  it.each([
    ['aws-kms', { '@aws-sdk/client-kms': versionOf('@aws-sdk/client-kms') }],
    ['vault-transit', {}],
  ])(
    'the command is installed with %s in less than 45 MiB',
    async (provider, libraries) => {
      const ours = ['cli', 'codec-server', 'compression', 'config', 'core', 'local-key', provider];
      const application = await installed(ours, libraries);
      const files = readdirSync(application, { recursive: true, withFileTypes: true });
      const bytes = files
        .filter((entry) => entry.isFile())
        .reduce((sum, entry) => sum + lstatSync(join(entry.parentPath, entry.name)).size, 0);
      expect(bytes).toBeGreaterThan(10 * 2 ** 20);
      expect(bytes).toBeLessThan(45 * 2 ** 20);
    },
    120_000,
  );

  it.each(['use.cjs', 'use.mjs'])('are used by %s', async (file) => {
    const { stdout } = await run(process.execPath, [file], { cwd: directory });
    expect(stdout.trim()).toBe('used');
  });

  it('are used by TypeScript with module node16 and nodenext, from ESM and CommonJS', async () => {
    const options = [
      ...['--noEmit', '--strict', '--skipLibCheck', '--exactOptionalPropertyTypes', '--target', 'es2022'],
      ...['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')],
    ];
    const args = [support('check-types.mjs'), 'node16,nodenext', ...options, 'use.mts', 'use.cts'];
    const { stdout } = await run(process.execPath, args, { cwd: directory });
    expect(JSON.parse(stdout)).toEqual({ node16: '', nodenext: '' });
  }, 120_000);

  it('bring the command', async () => {
    const { stdout } = await run(join(directory, 'node_modules/.bin/waxseal'), ['--help'], {
      cwd: directory,
    });
    expect(stdout).toContain('keygen');
    expect(stdout).toContain('serve');
  });

  it('resolve as their package.json says, by publint and attw', async () => {
    const paths = packed.map(({ filename }) => join(directory, filename));
    const { stdout } = await run(process.execPath, [support('check-tarballs.mjs'), ...paths]);
    expect(JSON.parse(stdout)).toEqual(
      Object.fromEntries(paths.map((path) => [path, { publint: [], attw: [] }])),
    );
  }, 180_000);
});
