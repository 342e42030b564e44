// Publishes every package whose version the registry lacks, each after those that it needs. What is published is packed
// first, so that the same files can be looked at, signed and kept.
//
// Usage, in a built checkout: node tools/release/publish.mjs <folder for the tarballs> [--provenance] [--dry-run]
//   npm's own settings say which registry and who publishes: npm_config_registry, npm_config_userconfig.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { commonVersion, publishedPackages } from './packages.mjs';

const [folder, ...flags] = process.argv.slice(2);
const unknown = flags.find((flag) => !['--provenance', '--dry-run'].includes(flag));
if (folder === undefined || folder.startsWith('-') || unknown !== undefined) {
  console.error('Usage: node tools/release/publish.mjs <folder> [--provenance] [--dry-run]');
  process.exit(2);
}
const target = resolve(folder);
mkdirSync(target, { recursive: true });
const packages = publishedPackages(process.cwd());
commonVersion(packages);
const folders = packages.map(({ folder }) => `./${folder}`);
const packed = JSON.parse(
  npm('pack', '--json', '--ignore-scripts', '--pack-destination', target, ...folders),
);
const files = new Map(
  (Array.isArray(packed) ? packed : Object.values(packed)).map((each) => [each.name, each.filename]),
);

for (const { manifest } of packages) {
  const { name, version } = manifest;
  if (isThere(name, version)) {
    console.log(`${name}@${version} is there already.`);
    continue;
  }
  const file = join(target, files.get(name));
  npm('publish', file, '--access', 'public', '--ignore-scripts', ...flags);
  console.log(`${flags.includes('--dry-run') ? 'Would publish' : 'Published'} ${name}@${version}.`);
}

function isThere(name, version) {
  try {
    return npm('view', `${name}@${version}`, 'version').trim() === version;
  } catch (error) {
    if (/E404|ENOVERSIONS|ETARGET/.test(String(error.stderr))) return false;
    throw error;
  }
}

function npm(...args) {
  return execFileSync('npm', args, { encoding: 'utf8', maxBuffer: 1e8, stdio: ['ignore', 'pipe', 'pipe'] });
}
