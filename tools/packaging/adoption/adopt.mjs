import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MANAGERS } from './managers.mjs';

const { repositoryRoot } = createRequire(import.meta.url)('@waxseal/bring-up');
const exec = promisify(execFile);
/** What docs/installing.md says is to be installed. */
const PACKAGES = ['@waxseal/core', '@waxseal/config', '@waxseal/temporal', '@waxseal/local-key'];
const GENERATED = /^(?:waxseal\.config\.json$|waxseal\/)/;

/**
 * Moves an application that runs onto encryption as a newcomer would, by one package manager, and measures it.
 *
 * @param {string} name - of the package manager
 * @param {{ registry: string, address: string, namespace: string }} places
 * @param {(workflowId: string) => Promise<string[]>} storedEncodings - how the payloads of an execution are stored
 */
export async function adopt(name, { registry, address, namespace }, storedEncodings) {
  const manager = MANAGERS[name];
  const directory = mkdtempSync(join(tmpdir(), `waxseal-adoption-${name}-`));
  const own = Object.entries(process.env).filter(
    ([variable]) => !/^(npm_|NODE_OPTIONS|NODE_PATH|WAXSEAL_)/i.test(variable),
  );
  const env = { ...Object.fromEntries(own), TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
  const run = async ([command, ...args]) => {
    try {
      return (
        await exec(command, args, { cwd: directory, env, maxBuffer: 1e8, timeout: 300_000 })
      ).stdout.trim();
    } catch (error) {
      const said = `${error.stdout?.slice(-2_000)}\n${error.stderr?.slice(-2_000)}`;
      throw new Error(`${name}: ${command} ${args.join(' ')}:\n${said}`, { cause: error });
    }
  };
  const order = async (workflowId) => {
    await run([...manager.program, 'tsc']);
    return run([...manager.node, 'lib/main.js', workflowId]);
  };
  try {
    writeApplication(directory, manager, registry);
    await run(manager.install);
    const before = `before-${name}-${String(Date.now())}`;
    const plain = { result: await order(before), stored: await storedEncodings(before) };
    await run(['git', 'init', '-q']);
    await run(['git', 'add', '.']);
    await run(['git', '-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-qm', 'before']);

    await run([...manager.add, ...PACKAGES]);
    await run([...manager.addForDevelopment, '@waxseal/cli']);
    const started = performance.now();
    const said = await run([
      ...[...manager.program, 'waxseal', 'init', '--provider', 'local', '--yes', '--apply', '--json'],
    ]);
    const report = JSON.parse(said.slice(said.indexOf('{')));
    const smoke = await run([...manager.node, 'waxseal/smoke-test.mjs']);
    const after = `after-${name}-${String(Date.now())}`;
    const encrypted = { result: await order(after), stored: await storedEncodings(after) };
    const seconds = (performance.now() - started) / 1000;

    await run(['git', 'add', '--intent-to-add', '.']);
    const changed = (await run(['git', 'diff', '--numstat']))
      .split('\n')
      .map((row) => row.split('\t'))
      .map(([added, removed, path]) => ({ path, lines: Math.max(Number(added), Number(removed)) }));
    const sum = (files) => files.reduce((all, { lines }) => all + lines, 0);
    return {
      manager: name,
      isDetected: report.packageManager === name,
      seconds,
      lines: sum(changed.filter(({ path }) => path.startsWith('src/'))),
      generated: sum(changed.filter(({ path }) => GENERATED.test(path))),
      files: changed.map(({ path }) => path),
      byHand: report.byHand,
      toInstall: report.install,
      smoke,
      plain,
      encrypted,
    };
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

/**
 * Prepares an empty project by `npx`, with nothing installed, and nothing kept of an earlier run.
 *
 * @returns what was written
 */
export async function initByNpx(registry) {
  const directory = mkdtempSync(join(tmpdir(), 'waxseal-adoption-npx-'));
  try {
    writeFileSync(join(directory, 'package.json'), '{"name":"orders","private":true}');
    MANAGERS.npm.prepare(directory, registry);
    const args = ['-y', '@waxseal/cli', 'init', '--provider', 'local', '--yes', '--json'];
    const env = { ...process.env, npm_config_cache: join(directory, '.cache') };
    const { stdout } = await exec('npx', args, { cwd: directory, env, timeout: 300_000 });
    return JSON.parse(stdout).written;
  } finally {
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

function writeApplication(directory, manager, registry) {
  cpSync(join(import.meta.dirname, 'application'), directory, { recursive: true });
  const version = (name) =>
    JSON.parse(readFileSync(join(repositoryRoot, 'node_modules', name, 'package.json'), 'utf8')).version;
  const sdk = ['activity', 'client', 'common', 'worker', 'workflow'].map((name) => `@temporalio/${name}`);
  const manifest = {
    name: 'orders',
    private: true,
    dependencies: Object.fromEntries(sdk.map((name) => [name, version(name)])),
    devDependencies: { '@types/node': version('@types/node'), typescript: '~5.9.0' },
  };
  writeFileSync(join(directory, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  writeFileSync(join(directory, '.gitignore'), 'node_modules\nlib\n.pnp.*\n.yarn\n');
  manager.prepare(directory, registry);
}
