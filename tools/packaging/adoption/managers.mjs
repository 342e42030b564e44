import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PNPM = ['npx', '-y', 'pnpm@10'];
const YARN = ['npx', '-y', '@yarnpkg/cli-dist@4'];

/** npm and pnpm take the scope's packages from the registry, and all others from where they look anyway. */
function scopedNpmrc(directory, registry) {
  writeFileSync(join(directory, '.npmrc'), `@waxseal:registry=${registry}\n`);
}

/**
 * What each package manager is told: how it installs what package.json names, adds packages, and runs a program of one
 * and a script.
 */
export const MANAGERS = {
  npm: {
    lock: 'package-lock.json',
    prepare: scopedNpmrc,
    install: ['npm', 'install', '--no-audit', '--no-fund'],
    add: ['npm', 'install', '--no-audit', '--no-fund'],
    addForDevelopment: ['npm', 'install', '--no-audit', '--no-fund', '--save-dev'],
    program: ['npx', '--no-install'],
    node: ['node'],
  },
  pnpm: {
    lock: 'pnpm-lock.yaml',
    prepare: scopedNpmrc,
    install: [...PNPM, 'install', '--no-frozen-lockfile'],
    add: [...PNPM, 'add'],
    addForDevelopment: [...PNPM, 'add', '--save-dev'],
    program: [...PNPM, 'exec'],
    node: ['node'],
  },
  yarn: {
    lock: 'yarn.lock',
    /** Yarn reads no settings of npm's. */
    prepare(directory, registry) {
      const setting = (name) => execFileSync('npm', ['config', 'get', name], { encoding: 'utf8' }).trim();
      const [general, authorities] = [setting('registry'), setting('cafile')];
      const settings = {
        nodeLinker: 'pnp',
        enableTelemetry: false,
        // The same version is made of other code each time, so that nothing is to be kept of it.
        enableGlobalCache: false,
        enableMirror: false,
        enableImmutableInstalls: false,
        npmRegistryServer: general,
        httpsCaFilePath: authorities === 'null' ? (process.env.NODE_EXTRA_CA_CERTS ?? null) : authorities,
        // Yarn waits a day before it takes a version that is new.
        npmPreapprovedPackages: ['@waxseal/*'],
        npmScopes: { waxseal: { npmRegistryServer: registry } },
        unsafeHttpWhitelist: ['127.0.0.1', new URL(general).hostname],
      };
      writeFileSync(join(directory, '.yarnrc.yml'), JSON.stringify(settings));
      writeFileSync(join(directory, 'yarn.lock'), '');
    },
    install: [...YARN, 'install', '--mode=skip-build'],
    add: [...YARN, 'add', '--mode=skip-build'],
    addForDevelopment: [...YARN, 'add', '--mode=skip-build', '--dev'],
    program: [...YARN],
    node: [...YARN, 'node'],
  },
};
