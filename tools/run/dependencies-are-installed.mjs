import { readFileSync } from 'node:fs';

/**
 * Whether `node_modules` holds what package-lock.json names: compares it with the lock file that npm leaves in
 * `node_modules` at the end of an installation. Optional packages may be absent: they may be for another platform.
 */
export function dependenciesAreInstalled() {
  const wanted = packagesOf('package-lock.json');
  const installed = packagesOf('node_modules/.package-lock.json');
  if (wanted === undefined || installed === undefined) {
    return false;
  }
  return Object.entries(wanted)
    .filter(([path]) => path.includes('node_modules/'))
    .every(([path, { version, link, optional, devOptional, peer }]) => {
      const there = installed[path];
      return there === undefined
        ? Boolean(optional ?? devOptional ?? peer)
        : link === true || there.version === version;
    });
}

function packagesOf(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
