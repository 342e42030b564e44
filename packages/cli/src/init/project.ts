import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigurationError } from '@waxseal/core';

/** The package managers that `waxseal init` knows. */
export const MANAGERS = ['npm', 'pnpm', 'yarn'] as const;
export type Manager = (typeof MANAGERS)[number];

/** The project that a command was started in. */
export interface Project {
  /** Absolute path of the folder with its `package.json`. */
  readonly directory: string;
  readonly name: string;
  readonly manager: Manager;
  /** Whether its `.js` and `.ts` files are ES modules. */
  readonly isModule: boolean;
  /** What it names itself, with the range of versions. */
  readonly dependencies: ReadonlyMap<string, string>;
  /** Names of its scripts. */
  readonly scripts: readonly string[];
}

const LOCK_FILES: Readonly<Record<string, Manager>> = {
  'package-lock.json': 'npm',
  'npm-shrinkwrap.json': 'npm',
  'pnpm-lock.yaml': 'pnpm',
  'yarn.lock': 'yarn',
};

/**
 * Reads the project of a folder.
 *
 * @param chosen the package manager, where it is not to be found out
 * @throws ConfigurationError when there is no `package.json`, it is not readable, or it is not certain which
 *   package manager is used
 */
export function readProject(directory: string, chosen: Manager | undefined): Project {
  const manifest = readManifest(directory);
  if (manifest === undefined) {
    throw new ConfigurationError(
      `There is no package.json in ${directory}. Start waxseal init in the folder of your project, or make one with npm init.`,
    );
  }
  const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];
  const named = kinds.flatMap((kind) => Object.entries(isRecord(manifest[kind]) ? manifest[kind] : {}));
  return {
    directory,
    name: typeof manifest['name'] === 'string' ? manifest['name'] : 'payloads',
    manager: chosen ?? managerOf(directory),
    isModule: manifest['type'] === 'module',
    dependencies: new Map(named.map(([name, range]) => [name, String(range)])),
    scripts: isRecord(manifest['scripts']) ? Object.keys(manifest['scripts']) : [],
  };
}

/** Of this folder, else of the one above, where a workspace has its lock file. */
function managerOf(directory: string): Manager {
  const { packageManager } = readManifest(directory) ?? {};
  const [named] = typeof packageManager === 'string' ? packageManager.split('@') : [];
  const known = MANAGERS.find((manager) => manager === named);
  if (known !== undefined) return known;
  const found = Object.keys(LOCK_FILES).filter((file) => existsSync(join(directory, file)));
  const managers = new Set(found.map((file) => LOCK_FILES[file]));
  if (managers.size > 1) {
    throw new ConfigurationError(
      `${directory} has ${found.join(' and ')}: say which is used with --package-manager npm, pnpm or yarn.`,
    );
  }
  const [manager] = managers;
  if (manager !== undefined) return manager;
  const above = dirname(directory);
  if (above === directory || existsSync(join(directory, '.git'))) return 'npm';
  return managerOf(above);
}

function readManifest(directory: string): Readonly<Record<string, unknown>> | undefined {
  const file = join(directory, 'package.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new ConfigurationError(`${file} cannot be read (${code}).`);
  }
  try {
    const manifest = JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
    if (isRecord(manifest)) return manifest;
  } catch {
    // Said below.
  }
  throw new ConfigurationError(`${file} is not a JSON object: mend it first.`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How a package manager adds packages, and runs a program of one. */
const ADDS: Readonly<Record<Manager, readonly [add: string, addForDevelopment: string, run: string]>> = {
  npm: ['npm install', 'npm install --save-dev', 'npx'],
  pnpm: ['pnpm add', 'pnpm add --save-dev', 'pnpm exec'],
  yarn: ['yarn add', 'yarn add --dev', 'yarn'],
};

/** The commands that install what a project lacks. */
export function installCommands(
  { manager, dependencies }: Project,
  keyPackages: readonly string[],
): string[] {
  const [add, addForDevelopment] = ADDS[manager];
  const ours = ['@waxseal/config', '@waxseal/core', '@waxseal/temporal', ...keyPackages];
  const missing = ours.filter((name) => !dependencies.has(name));
  // Peers of ours that strict package managers give only to who names them.
  const range = dependencies.get('@temporalio/client') ?? dependencies.get('@temporalio/worker');
  const peers = ['client', 'common', 'worker'].map((name) => `@temporalio/${name}`);
  const version = range !== undefined && /^[\w.^~<>=|* -]+$/.test(range) ? `@${range}` : '';
  const sdk = peers
    .filter((name) => !dependencies.has(name))
    .map((name) => (/^[\w.^~@/-]*$/.test(`${name}${version}`) ? `${name}${version}` : `"${name}${version}"`));
  const all = [...new Set([...missing, ...sdk])];
  return [
    ...(all.length > 0 ? [`${add} ${all.join(' ')}`] : []),
    ...(dependencies.has('@waxseal/cli') ? [] : [`${addForDevelopment} @waxseal/cli`]),
  ];
}

/** How a program of a package is run in a project: `npx waxseal`. */
export function runCommand({ manager }: Project, program: string): string {
  return `${ADDS[manager][2]} ${program}`;
}

/** How a script is run by Node.js: Yarn's Plug'n'Play needs its help. */
export function nodeCommand({ manager }: Project, script: string): string {
  return manager === 'yarn' ? `yarn node ${script}` : `node ${script}`;
}
