import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const { cacheDirectory, freePort, repositoryRoot, startServiceProcess, waitUntil } = createRequire(
  import.meta.url,
)('@waxseal/bring-up');
const run = promisify(execFile);

/** The last line for Node.js 20. Its `node-fetch@cjs` names a tag, which not every mirror of npm's registry has. */
const VERDACCIO = '6.2.9';
const MANIFEST = {
  private: true,
  dependencies: { verdaccio: VERDACCIO },
  overrides: { 'node-fetch': '2.6.7' },
};

/**
 * Starts a registry on this machine that has the packages of this checkout, as they are published. All other packages
 * come from where npm is told to look for them.
 *
 * @returns its address, and what stops it and removes its files
 */
export async function startRegistry() {
  const program = await verdaccio();
  const directory = mkdtempSync(join(tmpdir(), 'waxseal-registry-'));
  const port = await freePort();
  const config = {
    storage: join(directory, 'storage'),
    auth: { htpasswd: { file: join(directory, 'htpasswd'), max_users: -1 } },
    packages: { '@waxseal/*': { access: '$all', publish: '$all' } },
    max_body_size: '50mb',
    web: { enable: false },
    log: { type: 'stdout', format: 'pretty', level: 'warn' },
  };
  // JSON is YAML.
  writeFileSync(join(directory, 'config.yaml'), JSON.stringify(config));
  const server = await startServiceProcess(process.execPath, [
    ...[program, '--config', join(directory, 'config.yaml')],
    ...['--listen', `127.0.0.1:${String(port)}`],
  ]);
  const url = `http://127.0.0.1:${String(port)}/`;
  const stop = async () => {
    await server.stop();
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    await waitUntil(async () => {
      if (server.ended !== undefined) throw new Error(`verdaccio ended ${server.ended}: ${server.output()}`);
      return (await globalThis.fetch(`${url}-/ping`).catch(() => undefined))?.ok === true;
    });
    // npm publishes with a token only, and this registry takes whatever comes.
    writeFileSync(join(directory, 'npmrc'), `//127.0.0.1:${String(port)}/:_authToken=nobody\n`);
    const env = { ...process.env, npm_config_registry: url, npm_config_userconfig: join(directory, 'npmrc') };
    const args = [join(repositoryRoot, 'tools/release/publish.mjs'), join(directory, 'tarballs')];
    await run(process.execPath, args, { cwd: repositoryRoot, env });
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Its program, which is installed into the cache when it is needed for the first time. */
async function verdaccio() {
  const target = join(cacheDirectory(), `verdaccio-${VERDACCIO}`);
  const program = 'node_modules/verdaccio/bin/verdaccio';
  if (!existsSync(join(target, program))) {
    mkdirSync(cacheDirectory(), { recursive: true });
    const fresh = mkdtempSync(`${target}-`);
    writeFileSync(join(fresh, 'package.json'), JSON.stringify(MANIFEST));
    await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: fresh });
    if (existsSync(target)) rmSync(fresh, { recursive: true });
    else renameSync(fresh, target);
  }
  return join(target, program);
}
