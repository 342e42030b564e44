import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { beforeAll, describe, expect, it } from '@jest/globals';
import { freePort, startServiceProcess, waitUntil } from '@waxseal/bring-up';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { build } from 'esbuild';

const exec = promisify(execFile);
const root = resolve(__dirname, '../../..');
const programs = join(__dirname, 'programs');
const tarballs = temporaryDirectory();
const USED = ['core', 'local-key', 'temporal'];
const { version: SDK_VERSION } = JSON.parse(
  readFileSync(join(root, 'node_modules/@temporalio/worker/package.json'), 'utf8'),
) as { version: string };
const SDK_OF_CLIENTS = { '@temporalio/client': SDK_VERSION, '@temporalio/common': SDK_VERSION };
/** Of the registry that this machine's npm has. */
const PNPM = 'pnpm@10';
const YARN = '@yarnpkg/cli-dist@4';

async function run(
  directory: string,
  [command = '', ...args]: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): Promise<string> {
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_OPTIONS|NODE_PATH)/i.test(name));
  const env = {
    ...Object.fromEntries(own),
    TEMPORAL_ADDRESS: process.env['WAXSEAL_TEST_TEMPORAL_ADDRESS'],
    ...environment,
  };
  try {
    const { stdout } = await exec(command, args, { cwd: directory, env, maxBuffer: 1e8 });
    return stdout.trim();
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${command} ${args.join(' ')}:\n${stdout.slice(-2_000)}\n${stderr.slice(-2_000)}`, {
      cause: error,
    });
  }
}

beforeAll(async () => {
  const folders = USED.map((name) => `./packages/${name}`);
  await run(root, ['npm', 'pack', '--ignore-scripts', '--pack-destination', tarballs, ...folders]);
}, 60_000);

/** An application as a user has it: it names what it imports, and nothing that only others import. */
function application(overrides: (files: Readonly<Record<string, string>>) => object): string {
  const directory = temporaryDirectory();
  const files = Object.fromEntries(
    USED.map((name) => {
      const [file = ''] = readdirSync(tarballs).filter((each) => each.startsWith(`waxseal-${name}-`));
      return [`@waxseal/${name}`, `file:${join(tarballs, file)}`];
    }),
  );
  const sdk = ['client', 'common', 'worker', 'workflow'].map((name) => [`@temporalio/${name}`, SDK_VERSION]);
  const manifest = {
    name: 'application',
    private: true,
    dependencies: { ...files, ...(Object.fromEntries(sdk) as object) },
    ...overrides(files),
  };
  writeFileSync(join(directory, 'package.json'), JSON.stringify(manifest));
  for (const file of ['client.mjs', 'worker.mjs', 'workflows.mjs', 'headers.mjs', 'header-workflows.mjs'])
    copyFileSync(join(programs, file), join(directory, file));
  return directory;
}

interface Manager {
  readonly make: () => Promise<string>;
  /** How it runs `node`. */
  readonly node: readonly string[];
}

const MANAGERS: Readonly<Record<string, Manager>> = {
  'npm, with nothing hoisted': {
    make: async () => {
      const directory = application(() => ({}));
      await run(directory, ['npm', 'install', '--install-strategy=linked', '--no-audit', '--no-fund']);
      return directory;
    },
    node: ['node'],
  },
  'pnpm, strict': {
    make: async () => {
      const directory = application((overrides) => ({ pnpm: { overrides } }));
      const settings = 'autoInstallPeers: false\nhoist: false\nstrictPeerDependencies: true\n';
      writeFileSync(join(directory, 'pnpm-workspace.yaml'), settings);
      await run(directory, ['npx', '-y', PNPM, 'install', '--no-frozen-lockfile']);
      return directory;
    },
    node: ['node'],
  },
  "Yarn, with Plug'n'Play": {
    make: async () => {
      const directory = application((resolutions) => ({ resolutions }));
      // Yarn reads no settings of npm's.
      const registry = await run(root, ['npm', 'config', 'get', 'registry']);
      const authorities = await run(root, ['npm', 'config', 'get', 'cafile']);
      const settings = {
        nodeLinker: 'pnp',
        pnpMode: 'strict',
        enableTelemetry: false,
        enableGlobalCache: false,
        enableImmutableInstalls: false,
        npmRegistryServer: registry,
        httpsCaFilePath: authorities === 'null' ? (process.env['NODE_EXTRA_CA_CERTS'] ?? null) : authorities,
        unsafeHttpWhitelist: [new URL(registry).hostname],
      };
      writeFileSync(join(directory, '.yarnrc.yml'), JSON.stringify(settings));
      writeFileSync(join(directory, 'yarn.lock'), '');
      await run(directory, ['npx', '-y', YARN, 'install', '--mode=skip-build']);
      return directory;
    },
    node: ['npx', '-y', YARN, 'node'],
  },
};

describe.each(Object.entries(MANAGERS))('installed by %s', (_name, { make, node }) => {
  let directory: string;
  beforeAll(async () => {
    directory = await make();
  }, 300_000);

  it('the packages are loaded from CommonJS, where only what is declared is found', async () => {
    const code =
      "for (const name of ['@waxseal/core', '@waxseal/core/internal', '@waxseal/local-key', '@waxseal/temporal'," +
      "'@waxseal/temporal/failure-converter', '@waxseal/temporal/decode-only-failure-converter']) require(name);" +
      "console.log('loaded')";
    expect(await run(directory, [...node, '-e', code])).toBe('loaded');
  });

  it('a client encrypts, as an ES module and in one file of esbuild', async () => {
    expect(await run(directory, [...node, 'client.mjs'])).toBe('binary/envelope "secret"');
    const bundled = join(directory, 'client.cjs');
    await build({
      entryPoints: [join(directory, 'client.mjs')],
      absWorkingDir: directory,
      bundle: true,
      platform: 'node',
      outfile: bundled,
      logLevel: 'error',
    });
    // Without what the package manager has installed.
    const alone = temporaryDirectory();
    copyFileSync(bundled, join(alone, 'client.cjs'));
    expect(await run(alone, ['node', 'client.cjs'])).toBe('binary/envelope "secret"');
  });

  it('a Worker bundles its workflows with the failure converter', async () => {
    const WORKFLOWS = join(directory, 'workflows.mjs');
    expect(await run(directory, [...node, 'worker.mjs'], { WORKFLOWS })).toBe(
      'Encoded failure / boom secret',
    );
  }, 120_000);
});

// What seals headers overrides a method of the SDK's Worker, which is no API (docs/headers.md).
it.each(['1.18.0', '1.20.3', '1.23.0'])(
  'headers are sealed, and open where they are read, with version %s of the SDK',
  async (version) => {
    const sdk = ['client', 'common', 'worker', 'workflow'].map((name) => [`@temporalio/${name}`, version]);
    const directory = application((files) => ({
      dependencies: { ...files, ...(Object.fromEntries(sdk) as object) },
    }));
    await run(directory, ['npm', 'install', '--no-audit', '--no-fund']);
    const WORKFLOWS = join(directory, 'header-workflows.mjs');
    const said = 'canary-1 canary-2 canary-2 canary-3 sealed';
    expect(await run(directory, ['node', 'headers.mjs'], { WORKFLOWS })).toBe(said);
  },
  300_000,
);

describe('built by Next.js, without a setting,', () => {
  const NEXT = { next: '16', react: '19', 'react-dom': '19' };
  let directory: string;
  beforeAll(async () => {
    directory = application((files) => ({
      dependencies: { ...files, ...NEXT, ...SDK_OF_CLIENTS },
    }));
    const page =
      'export default function Page({ children }) { return <html><body>{children}</body></html>; }';
    mkdirSync(join(directory, 'app/order'), { recursive: true });
    writeFileSync(join(directory, 'app/layout.js'), page);
    copyFileSync(join(programs, 'next-route.mjs'), join(directory, 'app/order/route.js'));
    const address = process.env['WAXSEAL_TEST_TEMPORAL_ADDRESS'] ?? '';
    writeFileSync(join(directory, '.env'), `TEMPORAL_ADDRESS=${address}\n`);
    await run(directory, ['npm', 'install', '--no-audit', '--no-fund']);
  }, 300_000);

  it.each(['--turbopack', '--webpack'])(
    'a route encrypts what it starts workflows with, %s',
    async (bundler) => {
      const environment = { NEXT_TELEMETRY_DISABLED: '1' };
      await run(directory, ['npx', 'next', 'build', bundler], environment);
      const port = String(await freePort());
      const program = join(directory, 'node_modules/next/dist/bin/next');
      const server = await startServiceProcess(process.execPath, [
        ...[program, 'start', directory, '-H', '127.0.0.1', '-p', port],
      ]);
      try {
        let answer = '';
        await waitUntil(async () => {
          const response = await fetch(`http://127.0.0.1:${port}/order`).catch(() => undefined);
          answer = (await response?.text()) ?? '';
          return response?.ok === true;
        });
        expect(answer).toBe('binary/envelope "secret"');
      } finally {
        await server.stop();
      }
    },
    300_000,
  );
});
