// Makes a version of the changes in `.changeset`: sets it in all packages at once, in what deploys them and in the
// documents, and writes its section of CHANGELOG.md. Below 1.0 a breaking change raises the second number, and so does
// a feature: `^0.1.0` takes no 0.2.
//
// The sets of changesets say what is in it; its own `version` would make 1.0.0 of a feature, since a peer that leaves its
// range counts as breaking.
//
// Usage, in a checkout: node tools/release/version.mjs
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import read from '@changesets/read';
import { commonVersion, KINDS, publishedPackages } from './packages.mjs';

/** Files that name the version beside the packages. */
const NAMED = [
  'deploy/docker/Dockerfile',
  'deploy/helm/waxseal-codec-server/Chart.yaml',
  ...['aws', 'azure', 'gcp', 'vault'].map((name) => `deploy/kustomize/overlays/${name}/kustomization.yaml`),
  'docs/deployment.md',
  'docs/providers.md',
];
const SECTIONS = { major: 'Breaking', minor: 'New', patch: 'Fixed' };
const ORDER = Object.keys(SECTIONS);

const root = process.cwd();
const changes = (await (read.default ?? read)(root)).map(({ id, summary, releases }) => ({
  id,
  summary: summary.trim(),
  type: ORDER.find((type) => releases.some((release) => release.type === type)),
}));
if (changes.length === 0) {
  console.error('There is no change in .changeset: nothing to release. "npm run changeset" adds one.');
  process.exit(1);
}
const packages = publishedPackages(root);
const before = commonVersion(packages);
const version = next(
  before,
  ORDER.find((type) => changes.some((change) => change.type === type)),
);

for (const { file, manifest } of packages) {
  manifest.version = version;
  for (const kind of KINDS) {
    for (const name of Object.keys(manifest[kind] ?? {})) {
      if (packages.some((each) => each.manifest.name === name)) manifest[kind][name] = `^${version}`;
    }
  }
  writeFileSync(file, `${JSON.stringify(manifest, undefined, 2)}\n`);
}
for (const name of NAMED) change(join(root, name), (text) => text.replaceAll(before, version));
change(join(root, 'CHANGELOG.md'), (text) => text.replace(/(?=^## )/m, () => `${section(version)}\n`));
for (const { id } of changes) rmSync(join(root, '.changeset', `${id}.md`));
console.log(`${before} → ${version}. Next: npm install, npm test, and docs/releasing.md.`);

function next(current, type) {
  const [major, minor, patch] = current.split('.').map(Number);
  if (type === 'patch' || type === undefined) return `${major}.${minor}.${patch + 1}`;
  return major > 0 && type === 'major' ? `${major + 1}.0.0` : `${major}.${minor + 1}.0`;
}

function section(name) {
  const date = new Date().toISOString().slice(0, 10);
  const parts = ORDER.flatMap((type) => {
    const lines = changes
      .filter((change) => change.type === type)
      .map(({ summary }) => `- ${summary.replaceAll('\n', '\n  ')}`);
    return lines.length === 0 ? [] : [`### ${SECTIONS[type]}\n\n${lines.join('\n')}\n`];
  });
  return `## ${name} (${date})\n\n${parts.join('\n')}`;
}

function change(file, edit) {
  if (!existsSync(file)) throw new Error(`${file} is not there.`);
  const text = readFileSync(file, 'utf8');
  const edited = edit(text);
  if (edited === text) throw new Error(`${file} does not name ${before}.`);
  writeFileSync(file, edited);
}
