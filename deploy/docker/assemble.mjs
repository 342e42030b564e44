// Puts the waxseal command and the providers' packages into an empty folder, as they are published, with nothing that only
// development needs. All other packages get the versions of package-lock.json.
//
// Run from the repository's root, after `tsc -b packages/cli packages/compat`: node deploy/docker/assemble.mjs <folder> [provider …]
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * What only scans by Workers and development need, which no Codec Server does: some 100 MB of native code for
 * each system.
 */
const OF_WORKERS = ['activity', 'client', 'testing', 'worker', 'workflow'].map(
  (name) => `@temporalio/${name}`,
);

/** What the command's options need of others, which are peers of it: telemetry, and Temporal's packages. */
const PEERS = Object.keys(manifestOf('cli').peerDependencies).filter(
  (name) => !name.startsWith('@waxseal/') && !OF_WORKERS.includes(name),
);

const PROVIDERS = {
  aws: { packages: ['aws-kms'], libraries: ['@aws-sdk/client-kms', '@aws-sdk/client-sts'] },
  gcp: { packages: ['gcp-kms'], libraries: ['@google-cloud/kms'] },
  azure: { packages: ['azure-key-vault'], libraries: ['@azure/keyvault-keys', '@azure/identity'] },
  vault: { packages: ['vault-transit'], libraries: [] },
};

const [folder, ...named] = process.argv
  .slice(2)
  .flatMap((argument) => argument.split(/[\s,]+/).filter(Boolean));
const unknown = named.filter((name) => !(name in PROVIDERS));
if (folder === undefined || unknown.length > 0) {
  console.error(
    `${unknown.length > 0 ? `Unknown: ${unknown.join(', ')}. ` : ''}Usage: assemble.mjs <folder> [${Object.keys(PROVIDERS).join('|')} …]`,
  );
  process.exit(2);
}
const target = resolve(folder);
const providers = (named.length > 0 ? named : Object.keys(PROVIDERS)).map((name) => PROVIDERS[name]);
const packages = [
  ...withDependencies([
    'cli',
    'opentelemetry',
    'store',
    'claim-check',
    'compression',
    'subjects',
    'compat',
    ...providers.flatMap(({ packages }) => packages),
  ]),
];

mkdirSync(target, { recursive: true });
if (readdirSync(target).length > 0) {
  console.error(`${target} is not empty.`);
  process.exit(2);
}
const tarballs = join(target, 'tarballs');
mkdirSync(tarballs);
npm([
  'pack',
  '--silent',
  '--ignore-scripts',
  '--pack-destination',
  tarballs,
  ...packages.map((name) => `./packages/${name}`),
]);

const ranges = { ...manifestOf('cli').peerDependencies, ...read('package.json').devDependencies };
const dependencies = Object.fromEntries([
  ...packages.map((name) => [`@waxseal/${name}`, `file:./tarballs/${tarballOf(name)}`]),
  ...[...PEERS, ...providers.flatMap(({ libraries }) => libraries)].map((name) => [name, ranges[name]]),
]);
writeFileSync(
  join(target, 'package.json'),
  `${JSON.stringify({ name: 'waxseal-codec-server', private: true, dependencies }, undefined, 2)}\n`,
);
// npm keeps of a lock what still fits, and drops what nothing needs.
copyFileSync('package-lock.json', join(target, 'package-lock.json'));
npm(['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'], target);
rmSync(tarballs, { recursive: true });

/** Packages of this repository, and those of it that they need. */
function withDependencies(names, found = new Set()) {
  for (const name of names.filter((name) => !found.has(name))) {
    found.add(name);
    const { dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = manifestOf(name);
    const needed = Object.keys({ ...dependencies, ...peerDependencies }).filter(
      (dependency) => dependency.startsWith('@waxseal/') && !peerDependenciesMeta[dependency]?.optional,
    );
    withDependencies(
      needed.map((dependency) => dependency.replace('@waxseal/', '')),
      found,
    );
  }
  return found;
}

function manifestOf(name) {
  return read(`packages/${name}/package.json`);
}

function tarballOf(name) {
  return `waxseal-${name}-${manifestOf(name).version}.tgz`;
}

function read(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function npm(args, cwd = '.') {
  execFileSync('npm', args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
}
