import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The kinds of dependencies that a published package may have on another one here. */
export const KINDS = ['dependencies', 'peerDependencies', 'optionalDependencies'];

/**
 * The published packages of a checkout, each after those that it needs.
 *
 * @param {string} root
 * @returns {{ folder: string, file: string, manifest: Record<string, any> }[]}
 */
export function publishedPackages(root) {
  const all = readdirSync(join(root, 'packages'))
    .map((folder) => ({
      folder: join('packages', folder),
      file: join(root, 'packages', folder, 'package.json'),
    }))
    .filter(({ file }) => existsSync(file))
    .map((each) => ({ ...each, manifest: JSON.parse(readFileSync(each.file, 'utf8')) }))
    .filter(({ manifest }) => manifest.private !== true);
  const sorted = [];
  const add = (each, from) => {
    if (from.includes(each)) throw new Error(`${each.manifest.name} needs itself.`);
    if (sorted.includes(each)) return;
    for (const name of KINDS.flatMap((kind) => Object.keys(each.manifest[kind] ?? {}))) {
      const needed = all.find(({ manifest }) => manifest.name === name);
      if (needed !== undefined) add(needed, [...from, each]);
    }
    sorted.push(each);
  };
  for (const each of all) add(each, []);
  return sorted;
}

/** The version that all of them have. */
export function commonVersion(packages) {
  const versions = new Set(packages.map(({ manifest }) => manifest.version));
  if (versions.size !== 1)
    throw new Error(`The packages have several versions: ${[...versions].join(', ')}.`);
  return [...versions][0];
}
