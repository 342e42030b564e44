// Completes package-lock.json after `npm install` asked a registry that lacks some platforms' builds of a package.
//
// npm leaves an optional dependency that it cannot fetch out of the lock, and `npm ci` then refuses the lock. Each one that
// is missing is added with the version that its parent pins, for the platform that its name tells.
import { readFileSync, writeFileSync } from 'node:fs';

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const { '': root, ...packages } = lock.packages;

const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const processors = [
  'arm64',
  'arm',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
];

const missing = Object.entries(packages).flatMap(([path, parent]) =>
  Object.entries(parent.optionalDependencies ?? {})
    .filter(([name, version]) => /^\d/.test(version) && !isThere(path, name))
    .map(([name, version]) => [`node_modules/${name}`, entry(name, version, parent)]),
);
const all = Object.entries({ ...packages, ...Object.fromEntries(missing) });
lock.packages = { '': root, ...Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1))) };
writeFileSync('package-lock.json', `${JSON.stringify(lock, undefined, 2)}\n`);
console.log(`Added ${String(missing.length)} packages for other platforms.`);

/** Whether a package is found from where its parent lies, as Node looks for it. */
function isThere(from, name) {
  const folders = from
    .split('/node_modules/')
    .map((_, index, parts) => parts.slice(0, index + 1).join('/node_modules/'));
  return ['', ...folders.map((folder) => `${folder}/`)].some(
    (folder) => `${folder}node_modules/${name}` in packages,
  );
}

function entry(name, version, parent) {
  const words = name.split('/').at(-1).split('-');
  const system = words.find((word) => systems.includes(word));
  const processor = processors.find((known) => words.includes(known));
  return {
    version,
    ...(processor === undefined ? {} : { cpu: [processor] }),
    ...(parent.dev === true ? { dev: true } : {}),
    ...(system === 'linux' ? libc(words) : {}),
    license: parent.license,
    optional: true,
    ...(system === undefined ? {} : { os: [system] }),
  };
}

function libc(words) {
  if (words.some((word) => word.startsWith('musl'))) {
    return { libc: ['musl'] };
  }
  return words.some((word) => word.startsWith('gnu')) ? { libc: ['glibc'] } : {};
}
