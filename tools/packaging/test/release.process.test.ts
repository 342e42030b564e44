import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

const exec = promisify(execFile);
const root = resolve(__dirname, '../../..');

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(directory: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const own = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  try {
    const env = { ...Object.fromEntries(own), ...more };
    return { code: 0, ...(await exec(process.execPath, args, { cwd: directory, env })) };
  } catch (error) {
    const { code, stdout, stderr } = error as Ended;
    return { code, stdout, stderr };
  }
}

/** What a release changes, in a folder of its own. */
function checkout(changes: Readonly<Record<string, string>>): string {
  const directory = temporaryDirectory();
  const kept = ['tools/release', 'deploy', 'docs/deployment.md', 'docs/providers.md', 'CHANGELOG.md'];
  for (const path of kept) cpSync(join(root, path), join(directory, path), { recursive: true });
  cpSync(join(root, 'packages'), join(directory, 'packages'), {
    recursive: true,
    filter: (path) => !/\/packages\/[^/]+\/(?!package\.json$)/.test(path),
  });
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  mkdirSync(join(directory, '.changeset'));
  for (const [name, text] of Object.entries(changes))
    writeFileSync(join(directory, '.changeset', `${name}.md`), text);
  return directory;
}

const change = (type: string, text: string): string => `---\n'@waxseal/core': ${type}\n---\n\n${text}\n`;
const read = (directory: string, path: string): string => readFileSync(join(directory, path), 'utf8');

describe('a version', () => {
  it('is set everywhere at once, with its section of the changelog', async () => {
    const directory = checkout({ a: change('patch', 'Mended.'), b: change('minor', 'New,\nin two lines.') });
    expect(await run(directory, ['tools/release/version.mjs'])).toMatchObject({ code: 0, stderr: '' });
    const cli = JSON.parse(read(directory, 'packages/cli/package.json')) as Record<string, object>;
    expect(cli).toMatchObject({
      version: '0.2.0',
      dependencies: { '@waxseal/core': '^0.2.0' },
      peerDependencies: { '@waxseal/temporal': '^0.2.0' },
    });
    expect(read(directory, 'deploy/helm/waxseal-codec-server/Chart.yaml')).toContain('appVersion: 0.2.0');
    expect(existsSync(join(directory, '.changeset/a.md'))).toBe(false);
    expect(read(directory, 'CHANGELOG.md')).toMatch(
      /second number\.\n\n## 0\.2\.0 \(\d{4}-\d\d-\d\d\)\n\n### New\n\n- New,\n {2}in two lines\.\n\n### Fixed\n\n- Mended\.\n\n## 0\.1\.0/,
    );
    const notes = await run(directory, ['tools/release/notes.mjs', 'v0.2.0']);
    expect(notes).toMatchObject({ code: 0, stdout: expect.stringMatching(/^### New\n[^]*- Mended\.\n$/) });
    expect((await run(directory, ['tools/release/notes.mjs', 'v0.1.0'])).stderr).toContain(
      'have the version 0.2.0',
    );
  });

  it.each([
    ['patch', '0.1.1'],
    ['major', '0.2.0'],
  ])('below 1.0 is raised by %s to %s', async (type, version) => {
    const directory = checkout({ a: change(type, 'It is so.') });
    expect((await run(directory, ['tools/release/version.mjs'])).stdout).toContain(`→ ${version}.`);
  });

  it('is not made of nothing, and not tagged before it is dated', async () => {
    const directory = checkout({});
    expect(await run(directory, ['tools/release/version.mjs'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('nothing to release'),
    });
    const text = read(directory, 'CHANGELOG.md').replace(/^## 0\.1\.0 \(.*$/m, '## 0.1.0 (not released yet)');
    writeFileSync(join(directory, 'CHANGELOG.md'), text);
    expect(await run(directory, ['tools/release/notes.mjs', 'v0.1.0'])).toMatchObject({ code: 1 });
  });
});

describe('the check of licences', () => {
  const lock = (license: string | undefined) => ({
    packages: { '': {}, 'node_modules/a': { license }, 'packages/b': {}, 'node_modules/c': { link: true } },
  });
  const EXCEPTIONS = [
    ...['@iconify-json/simple-icons', 'axe-core', 'argparse', 'caniuse-lite'],
    ...['spawndamnit', 'unionfs'],
  ];

  it.each([
    ['MIT', 0],
    ['(MIT OR GPL-3.0)', 0],
    ['Apache-2.0 AND MIT', 0],
    ['Apache-2.0 AND GPL-3.0', 1],
    ['GPL-3.0', 1],
    ['MIT AND (ISC OR GPL-3.0)', 1],
    [undefined, 1],
  ])('gives %j the code %i', async (license, code) => {
    const directory = temporaryDirectory();
    const { packages } = lock(license);
    const excepted = EXCEPTIONS.map((name) => [`node_modules/${name}`, {}]);
    writeFileSync(
      join(directory, 'package-lock.json'),
      JSON.stringify({ packages: { ...packages, ...(Object.fromEntries(excepted) as object) } }),
    );
    const ended = await run(directory, [join(root, 'tools/licences.mjs')]);
    expect(ended.code).toBe(code);
    if (code === 1) expect(ended.stderr).toContain('node_modules/a');
  });
});

describe('the audit', () => {
  /** A registry that answers the one question of `npm audit`. */
  async function answering(status: number, advisories: object): Promise<Ended> {
    const known = {
      name: 'a',
      'dist-tags': { latest: '1.0.0' },
      versions: { '1.0.0': { name: 'a', version: '1.0.0' } },
    };
    const server = createServer((request, response) => {
      const isQuestion = request.method === 'POST';
      const [code, answer] = isQuestion ? [status, advisories] : [200, known];
      request.resume().once('end', () => {
        response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const directory = temporaryDirectory();
    const packages = {
      '': { name: 'p', dependencies: { a: '1.0.0' } },
      'node_modules/a': { version: '1.0.0', resolved: 'https://registry.npmjs.org/a/-/a-1.0.0.tgz' },
    };
    writeFileSync(join(directory, 'package.json'), '{"name":"p","dependencies":{"a":"1.0.0"}}');
    writeFileSync(join(directory, 'package-lock.json'), JSON.stringify({ lockfileVersion: 3, packages }));
    const registry = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
    try {
      // npm keeps answers by their number.
      const settings = { npm_config_registry: registry, npm_config_cache: temporaryDirectory() };
      return await run(directory, [join(root, 'tools/audit.mjs')], settings);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }
  const advisory = (severity: string): object => ({
    a: [{ id: 1, url: 'https://example.com/1', title: 'It breaks', severity, vulnerable_versions: '*' }],
  });

  it('fails for what is severe, and for nothing less', async () => {
    expect(await answering(200, advisory('high'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('high: a: It breaks https://example.com/1'),
    });
    expect(await answering(200, advisory('moderate'))).toMatchObject({ code: 0, stderr: '' });
    expect((await answering(200, {})).stdout).toContain('knows no severe weakness');
  });

  it('says why it did not ask, and passes', async () => {
    const { code, stdout } = await answering(405, {});
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Known weaknesses were not asked for: .*405/)]);
  });
});
