import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

const root = resolve(__dirname, '../../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
/** To be set before the first release: docs/releasing.md. */
const REPOSITORY = 'https://github.com/waxseal/waxseal';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly homepage: string;
  readonly keywords: readonly string[];
  readonly exports: Readonly<Record<string, unknown>>;
  readonly typesVersions?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  readonly scripts?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const folders = readdirSync(join(root, 'packages'));
const manifests = folders.map((folder) => ({
  folder,
  manifest: JSON.parse(read(`packages/${folder}/package.json`)) as Manifest,
}));
const [version = ''] = manifests.map(({ manifest }) => manifest.version);

describe.each(manifests)('packages/$folder', ({ folder, manifest }) => {
  it('says where it comes from', () => {
    expect(manifest).toMatchObject({
      name: `@waxseal/${folder}`,
      version,
      license: 'Apache-2.0',
      homepage: `${REPOSITORY}/tree/main/packages/${folder}#readme`,
      bugs: { url: `${REPOSITORY}/issues` },
      repository: { type: 'git', url: `git+${REPOSITORY}.git`, directory: `packages/${folder}` },
      publishConfig: { access: 'public' },
    });
    expect(manifest.description.length).toBeGreaterThan(15);
    expect(manifest.keywords).toContain('temporal');
    expect(new Set(manifest.keywords).size).toBe(manifest.keywords.length);
    expect(manifest.keywords.length).toBeGreaterThanOrEqual(5);
    expect(manifest.scripts).toBeUndefined();
  });

  it('gives types to each entry, also where exports are not known', () => {
    const entries = Object.entries(manifest.exports).filter(([, entry]) => typeof entry === 'object');
    expect(entries.map(([, entry]) => Object.keys(entry as object)[0])).toEqual(entries.map(() => 'types'));
    const types = entries
      .filter(([name]) => name !== '.')
      .map(([name, entry]) => [name.slice(2), [(entry as { types: string }).types]]);
    expect(manifest.typesVersions?.['*'] ?? {}).toEqual(Object.fromEntries(types));
  });

  it('needs the other packages in its own version', () => {
    const needed = Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies });
    for (const [name, range] of needed.filter(([each]) => each.startsWith('@waxseal/'))) {
      expect([name, range]).toEqual([name, `^${version}`]);
    }
  });
});

describe('the version of the packages', () => {
  it.each([
    ['deploy/helm/waxseal-codec-server/Chart.yaml', (at: string) => `appVersion: ${at}`],
    ['deploy/docker/Dockerfile', (at: string) => `ARG VERSION=${at}`],
    ['CHANGELOG.md', (at: string) => `\n## ${at} (`],
    ...['aws', 'azure', 'gcp', 'vault'].map(
      (name) =>
        [`deploy/kustomize/overlays/${name}/kustomization.yaml`, (at: string) => `newTag: ${at}`] as const,
    ),
  ] as const)('is named by %s', (path, line) => {
    expect(read(path)).toContain(line(version));
  });
});

describe('the address of the repository', () => {
  it.each([
    ['SECURITY.md', `<${REPOSITORY}/security/advisories/new>`],
    ['docs/installing.md', `git clone ${REPOSITORY}.git`],
    ['docs/installing.md', `'^${REPOSITORY}/\\.github/workflows/release\\.yml@refs/tags/v'`],
    ['docs/releasing.md', `\`${REPOSITORY}\` stands in for it`],
  ])('is named by %s', (path, text) => {
    expect(read(path)).toContain(text);
  });
});

interface Job {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: number;
  readonly steps: readonly { readonly uses?: string; readonly run?: string; readonly with?: object }[];
}

const READ = { contents: 'read' };
const WORKFLOWS: Readonly<Record<string, object>> = {
  release: {
    check: READ,
    packages: { ...READ, 'id-token': 'write' },
    'image-and-chart': { ...READ, packages: 'write', 'id-token': 'write' },
    notes: { contents: 'write' },
  },
  site: { build: READ, deploy: { pages: 'write', 'id-token': 'write' } },
};

it('each workflow is looked at', () => {
  expect(readdirSync(join(root, '.github/workflows'))).toEqual(
    Object.keys(WORKFLOWS).map((name) => `${name}.yml`),
  );
});

describe.each(Object.entries(WORKFLOWS))('.github/workflows/%s.yml', (name, rights) => {
  const text = read(`.github/workflows/${name}.yml`);
  const { permissions, jobs } = parse(text) as { permissions: object; jobs: Readonly<Record<string, Job>> };

  it('gives nothing to all jobs, and to each what it needs', () => {
    expect(permissions).toEqual({});
    expect(Object.fromEntries(Object.entries(jobs).map(([job, each]) => [job, each.permissions]))).toEqual(
      rights,
    );
    for (const job of Object.values(jobs)) expect(job['timeout-minutes']).toBeGreaterThan(0);
  });

  it('pins actions by commit, keeps no credentials, and puts no expression into a script', () => {
    const steps = Object.values(jobs).flatMap((job) => job.steps);
    for (const { uses, run, with: given } of steps) {
      if (uses !== undefined) expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
      if (uses?.startsWith('actions/checkout@') === true)
        expect(given).toMatchObject({ 'persist-credentials': false });
      expect(run ?? '').not.toContain('${{');
    }
    expect(text.match(/uses: .*/g)?.every((line) => /# v\d+\.\d+\.\d+$/.test(line))).toBe(true);
  });

  it('runs programs that are there', () => {
    const programs = [...text.matchAll(/node (tools\/[\w/.-]+)/g)].map(([, path = '']) => path);
    expect(programs).not.toEqual([]);
    for (const path of programs) expect(read(path)).not.toBe('');
  });
});
