import { execFile } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { waxseal } from './support/waxseal';

const run = promisify(execFile);
const MAIN = join(__dirname, '../bin/waxseal.mjs');
/** Runs `waxseal init` on a terminal, and gives the answers when it asks. */
const TERMINAL = `
import os, pty, re, sys
node, main, *answers = sys.argv[1:]
pid, terminal = pty.fork()
if pid == 0:
    os.execv(node, [node, main, 'init'])
heard = b''
given = 0
while True:
    try:
        said = os.read(terminal, 4096)
    except OSError:
        break
    if not said:
        break
    heard += said
    # Behind a question the cursor is put into a column that is not the first.
    while given < len(answers) and len(re.findall(rb'\\x1b\\[(?:[2-9]|[0-9]{2,})G', heard)) > given:
        os.write(terminal, answers[given].encode() + b'\\n')
        given += 1
os.waitpid(pid, 0)
sys.stdout.buffer.write(heard)
`;
const ARN = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const GCP = 'projects/p-1/locations/europe-west1/keyRings/r/cryptoKeys/orders';
const WORKER = `import { Worker } from '@temporalio/worker';
export async function run() {
  const worker = await Worker.create({
    taskQueue: 'orders',
  });
  await worker.run();
}
`;

/** A project with a worker and, it may be, other files. */
function project(files: Readonly<Record<string, string>> = {}): string {
  const directory = realpathSync(temporaryDirectory('waxseal init ü '));
  const manifest = { name: '@acme/orders', dependencies: { '@temporalio/worker': '^1.24.0' } };
  const all = { 'package.json': JSON.stringify(manifest), 'src/worker.ts': WORKER, ...files };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(join(directory, path, '..'), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  return directory;
}

const init = (directory: string, ...args: readonly string[]) => waxseal(['init', ...args], '', {}, directory);
const read = (directory: string, path: string): string => readFileSync(join(directory, path), 'utf8');
/** All files and links in a folder. Node.js from 22 on follows links where it lists recursively. */
function everything(directory: string, folder = ''): readonly string[] {
  const entries = readdirSync(join(directory, folder), { withFileTypes: true });
  return entries
    .filter(({ name }) => name !== '.git')
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? everything(directory, path) : [path];
    })
    .sort();
}

interface Report {
  readonly packageManager: string;
  readonly primaryKey?: string;
  readonly written: readonly string[];
  readonly diff: string;
  readonly applied: boolean;
  readonly byHand: readonly { path: string; line: number; why: string }[];
  readonly install: readonly string[];
  readonly steps: readonly string[];
}

async function report(directory: string, ...args: readonly string[]): Promise<Report> {
  const { exitCode, stdout, stderr } = await init(directory, ...args, '--json');
  expect([exitCode, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Report;
}

/** Provider and key as given; the URI that is made of them; the policies, and what the first one holds. */
const SERVICES: readonly [string, string, string, readonly string[], string][] = [
  ['aws', ARN, `awskms:///${ARN}?id=orders`, ['worker.json', 'codec-server.json', 'doctor.json'], ARN],
  [
    'aws',
    'awskms:///alias/o?region=eu-west-1',
    'awskms:///alias/o?region=eu-west-1&id=orders',
    ['worker.json', 'codec-server.json', 'doctor.json'],
    '<key ID>',
  ],
  [
    'gcp',
    GCP,
    `gcpkms://${GCP}?id=orders`,
    ['worker.sh', 'codec-server.sh', 'doctor.sh', 'waxseal-doctor.yaml'],
    '--project=p-1 --location=europe-west1 --keyring=r',
  ],
  [
    'azure',
    'https://orders.vault.azure.net/keys/payloads',
    'azurekeyvault://orders.vault.azure.net/keys/payloads?id=orders',
    ['worker.json', 'codec-server.json', 'doctor.json', 'assign.sh'],
    '/subscriptions/<subscription ID>',
  ],
  [
    'azure',
    'https://orders.managedhsm.azure.net/keys/payloads',
    'azurekeyvault://orders.managedhsm.azure.net/keys/payloads?id=orders',
    ['managed-hsm.sh'],
    '--hsm-name orders',
  ],
  [
    'vault',
    'transit/orders',
    'vaulttransit://transit/orders',
    ['worker.hcl', 'codec-server.hcl', 'doctor.hcl'],
    'path "transit/encrypt/orders"',
  ],
  [
    'vault',
    'vaulttransit://transit/orders?id=orders',
    'vaulttransit://transit/orders?id=orders',
    ['worker.hcl', 'codec-server.hcl', 'doctor.hcl'],
    'path "transit/encrypt/orders"',
  ],
];

describe('waxseal init', () => {
  it('makes a local key that Git never keeps, and its smoke test encrypts and decrypts', async () => {
    const directory = project();
    await run('git', ['init', '-q'], { cwd: directory });
    const { exitCode, stdout, stderr } = await init(directory, '--provider', 'local', '--yes');
    expect([exitCode, stderr]).toEqual([0, '']);
    const file = join(directory, '.waxseal/keyring.json');
    const [, material = ''] = /"material": "([^"]+)"/.exec(readFileSync(file, 'utf8')) ?? [];
    expect(material).toHaveLength(44);
    expect(stdout).not.toContain(material);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { stdout: kept } = await run('git', ['status', '--porcelain', '-uall'], { cwd: directory });
    expect(kept).toContain('waxseal.config.json');
    expect(kept).not.toContain('keyring');
    // Code is changed with --apply only.
    expect(everything(directory)).toEqual([
      '.waxseal/.gitignore',
      '.waxseal/keyring.json',
      'package.json',
      'src/worker.ts',
      'waxseal.config.json',
      'waxseal/smoke-test.mjs',
    ]);
    expect(read(directory, 'src/worker.ts')).toBe(WORKER);

    symlinkSync(join(__dirname, '../../../node_modules'), join(directory, 'node_modules'));
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^WAXSEAL_/.test(name)));
    const smoke = await run(process.execPath, ['waxseal/smoke-test.mjs'], { cwd: directory, env });
    expect(smoke.stdout).toBe('Encrypted under orders/v1, and decrypted.\n');
    await expect(waxseal(['doctor'], '', {}, directory)).resolves.toMatchObject({ exitCode: 0 });
  });

  it.each(SERVICES)('of %s knows %s', async (provider, key, uri, policies, within) => {
    const directory = project();
    const { primaryKey, written, install } = await report(
      directory,
      '--provider',
      provider,
      '--key',
      key,
      '--yes',
    );
    expect(primaryKey).toBe(uri);
    expect(JSON.parse(read(directory, 'waxseal.config.json'))).toMatchObject({ primaryKey: uri });
    expect(written.filter((path) => path.includes('/policy/'))).toEqual(
      policies.map((name) => `waxseal/policy/${name}`),
    );
    expect(read(directory, `waxseal/policy/${policies[0] ?? ''}`)).toContain(within);
    for (const name of policies)
      expect(read(directory, `waxseal/policy/${name}`)).not.toMatch(/\{\{|undefined/);
    expect(install[0]).toMatch(/ @waxseal\/(aws-kms|gcp-kms|azure-key-vault|vault-transit) /);
  });

  it('writes URIs that the providers take', async () => {
    const program = `const { keyFromUri } = require('@waxseal/config');
      Promise.all(process.argv.slice(1).map((uri) => keyFromUri(uri)))
        .then((keys) => console.log(keys.map(({ id }) => id).join(' ')));`;
    const uris = SERVICES.map(([, , uri]) => uri);
    const { stdout } = await run(process.execPath, ['-e', program, ...uris], {
      cwd: __dirname,
      env: { ...process.env, VAULT_ADDR: 'http://127.0.0.1:1', VAULT_TOKEN: 'none' },
    });
    expect(stdout.trim()).toBe('orders orders orders orders orders vaulttransit://transit/orders orders');
  });

  it('gives payloads the name that it is told, or that of the service', async () => {
    const args = ['--provider', 'aws', '--key', ARN, '--yes'];
    expect((await report(project(), ...args, '--id', 'pay')).primaryKey).toBe(`awskms:///${ARN}?id=pay`);
    expect((await report(project(), ...args, '--no-id')).primaryKey).toBe(`awskms:///${ARN}`);
  });

  it.each([
    [{ 'package-lock.json': '{}' }, 'npm', 'npm install ', 'npx waxseal doctor'],
    [{ 'pnpm-lock.yaml': '' }, 'pnpm', 'pnpm add ', 'pnpm exec waxseal doctor'],
    [{ 'yarn.lock': '' }, 'yarn', 'yarn add ', 'yarn waxseal doctor'],
    [
      { 'package.json': '{"packageManager":"pnpm@10.1.0"}', 'yarn.lock': '' },
      'pnpm',
      'pnpm add ',
      'pnpm exec',
    ],
    [{}, 'npm', 'npm install ', 'npx waxseal doctor'],
  ])('says what is to be installed with %j', async (files, manager, install, doctor) => {
    const said = await report(project(files), '--provider', 'local', '--yes');
    expect(said.packageManager).toBe(manager);
    expect(said.install[0]).toContain(
      `${install}@waxseal/config @waxseal/core @waxseal/temporal @waxseal/local-key`,
    );
    expect(said.steps.join('\n')).toContain(doctor);
  });

  it('finds the lock file of a workspace, and asks where there are two', async () => {
    const directory = project({ 'pnpm-lock.yaml': '', 'apps/pay/package.json': '{"name":"pay"}' });
    expect((await report(join(directory, 'apps/pay'), '--provider', 'local', '--yes')).packageManager).toBe(
      'pnpm',
    );
    const both = project({ 'package-lock.json': '', 'yarn.lock': '' });
    const refused = await init(both, '--provider', 'local', '--yes');
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toMatch(/package-lock\.json and yarn\.lock.*--package-manager/);
    expect(
      (await report(both, '--provider', 'local', '--yes', '--package-manager', 'yarn')).packageManager,
    ).toBe('yarn');
  });

  it('prints a diff that Git applies, and applies the same itself', async () => {
    const other =
      "import { Client } from '@temporalio/client';\nexport const make = async () => new Client();\n";
    const [byGit, byItself] = [project({ 'src/a b.ts': other }), project({ 'src/a b.ts': other })];
    const { diff, applied } = await report(byGit, '--provider', 'local', '--yes');
    expect(applied).toBe(false);
    writeFileSync(join(byGit, 'change.patch'), diff);
    await run('git', ['apply', 'change.patch'], { cwd: byGit });
    const told = await report(byItself, '--provider', 'local', '--yes', '--apply');
    expect([told.applied, told.diff]).toEqual([true, diff]);
    for (const path of ['src/worker.ts', 'src/a b.ts', 'src/waxseal.ts']) {
      expect(read(byItself, path)).toBe(read(byGit, path));
      expect(read(byItself, path)).toContain('waxsealPlugin');
    }
    // Another run finds nothing to do, and one for all refuses.
    expect(await report(byItself, '--only-plugin', '--apply')).toMatchObject({
      diff: '',
      applied: false,
      byHand: [],
    });
    const before = everything(byItself).map((path) => read(byItself, path));
    const again = await init(byItself, '--provider', 'local', '--yes', '--apply');
    expect(again).toMatchObject({ exitCode: 1, stdout: '' });
    expect(again.stderr).toMatch(/exists already, and nothing was written.*--only-plugin/);
    expect(everything(byItself).map((path) => read(byItself, path))).toEqual(before);
  });

  it('places the plugin later, and names what is left to a person', async () => {
    const directory = project({
      'src/worker.ts': WORKER.replace('{\n    taskQueue', '{\n    ...more,\n    taskQueue'),
    });
    await report(directory, '--provider', 'local', '--yes');
    const { diff, byHand, steps } = await report(directory, '--only-plugin', '--apply');
    expect(diff).toBe('');
    expect(byHand).toEqual([
      { path: 'src/worker.ts', line: 3, why: 'Worker.create: its options are spread from elsewhere' },
    ]);
    expect(steps.join('\n')).toContain('By hand, src/worker.ts:3');
  });

  it('reads neither links nor what others wrote, and writes through no link', async () => {
    const elsewhere = project();
    const directory = project({
      'node_modules/a/worker.ts': WORKER,
      'src/worker.test.ts': WORKER,
      '.pnp.cjs': `"@temporalio/worker"; ${WORKER}`,
    });
    symlinkSync(elsewhere, join(directory, 'linked'));
    symlinkSync(join(elsewhere, 'src/worker.ts'), join(directory, 'src/linked.ts'));
    const { diff } = await report(directory, '--provider', 'local', '--yes', '--apply');
    expect(diff.match(/^\+\+\+ .*$/gm)).toEqual(['+++ b/src/waxseal.ts\t', '+++ b/src/worker.ts\t']);
    expect(read(elsewhere, 'src/worker.ts')).toBe(WORKER);

    for (const [link, target] of [
      ['waxseal', elsewhere],
      ['.waxseal', elsewhere],
      ['waxseal.config.json', join(elsewhere, 'not-there')],
    ] as const) {
      const other = project();
      symlinkSync(target, join(other, link));
      const { exitCode, stderr } = await init(other, '--provider', 'local', '--yes', '--apply');
      expect([link, exitCode]).toEqual([link, 1]);
      expect(stderr).toContain('nothing was written');
      expect(everything(other)).toEqual(['package.json', 'src/worker.ts', link].sort());
      expect(lstatSync(join(other, link)).isSymbolicLink()).toBe(true);
    }
    expect(existsSync(join(elsewhere, 'not-there'))).toBe(false);
  });

  it.each([
    [['--provider', 'aws', '--yes'], 2, '--key is missing'],
    [['--provider', 'aws', '--key', 'hvs.secret', '--yes'], 2, '--key is no key of aws'],
    [['--provider', 'gcp', '--key', ARN, '--yes'], 2, '--key is no key of gcp'],
    [['--provider', 'gcp', '--key', `${GCP}; rm -rf /`, '--yes'], 2, '--key is no key of gcp'],
    [['--provider', 'vault', '--key', 'hvs.secret', '--yes'], 2, '--key is no key of vault'],
    [
      ['--provider', 'aws', '--key', `awskms:///${ARN}?token=hvs.secret`, '--yes'],
      2,
      '--key is no key of aws',
    ],
    [['--provider', 'aws', '--key', ARN, '--id', 'a/b', '--yes'], 2, '--id must be'],
    [['--provider', 'local', '--key', 'local:///%zz', '--yes'], 1, 'not percent-encoded correctly'],
    [['--provider', 'local', '--key', '../x', '--yes'], 2, '--id must be'],
    [['--provider', 'local', '--key', 'local:///not/there.json#x', '--yes'], 1, 'waxseal keygen'],
    [['--provider', 'ibm', '--yes'], 2, 'Allowed choices are aws, gcp'],
    [['--yes'], 2, '--provider'],
    [[], 2, '--yes'],
    [['--provider', 'local', '--json'], 2, '--yes'],
    [['--only-plugin'], 1, 'There is no waxseal.config file'],
    [['--only-plugin', '--provider', 'local'], 2, '--only-plugin'],
  ])('refuses %j, and writes nothing', async (args, code, message) => {
    const directory = project();
    const { exitCode, stdout, stderr } = await init(directory, ...args);
    expect([exitCode, stdout]).toEqual([code, '']);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('hvs.secret');
    expect(everything(directory)).toEqual(['package.json', 'src/worker.ts']);
  });

  it('takes a local key that is there', async () => {
    const file = join(temporaryDirectory(), 'keys.json');
    await waxseal(['keygen', file, '--id', 'pay']);
    const directory = project();
    const said = await report(directory, '--provider', 'local', '--key', `local://${file}#pay`, '--yes');
    expect(said.primaryKey).toBe(`local://${file}#pay`);
    expect(said.written).toEqual(['waxseal.config.json', 'waxseal/smoke-test.mjs']);
  });

  it.each([
    [undefined, 'There is no package.json'],
    ['{', 'is not a JSON object'],
    ['[]', 'is not a JSON object'],
  ])('needs a project: package.json of %j', async (text, message) => {
    const directory = temporaryDirectory();
    if (text !== undefined) writeFileSync(join(directory, 'package.json'), text);
    const { exitCode, stderr } = await init(directory, '--provider', 'local', '--yes');
    expect(exitCode).toBe(1);
    expect(stderr).toContain(message);
  });

  it('asks on a terminal, and writes nothing without a yes', async () => {
    const directory = project();
    const answered = async (...answers: readonly string[]): Promise<string> => {
      const { stdout } = await run('python3', ['-c', TERMINAL, process.execPath, MAIN, ...answers], {
        cwd: directory,
      });
      return stdout;
    };
    const refused = await answered('aws', ARN, '', 'n');
    expect(refused).toContain('Which key service? aws, gcp, azure, vault, local [local]');
    expect(refused).toContain('A short name of the key for payloads, which never changes [orders]');
    expect(refused).toContain('It writes waxseal.config.json.');
    expect(refused).toContain('Nothing was written.');
    expect(everything(directory)).toEqual(['package.json', 'src/worker.ts']);
    expect(await answered('', 'y')).toContain('Wrote waxseal.config.json');
    expect(read(directory, 'waxseal.config.json')).toContain('/.waxseal/keyring.json#orders');
  });

  it('has help with examples', async () => {
    const { exitCode, stdout } = await waxseal(['init', '--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('npx @waxseal/cli init');
    for (const provider of ['aws', 'gcp', 'azure', 'vault', 'local'])
      expect(stdout).toContain(`--provider ${provider}`);
  });
});
