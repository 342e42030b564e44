import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import { expect, it } from '@jest/globals';

const ROOT = join(__dirname, '../../..');

/** What imports name that starts a program or installs one. */
const STARTERS =
  /\b(?:startMoto|startOpenBao|startPostgres|startStandby|startTemporal|startServiceProcess|runCommand|runTool|find(?:Node|Postgres|TemporalCli|Tool)|install(?:Temporal|FromPypi)|KEY_SERVICES|describeWithPostgres)\b/;

/** The test files of the tier `pure`: those whose names tell of nothing that they need. */
function pureTests(): string[] {
  return ['packages', 'tools', 'examples'].flatMap((group) =>
    readdirSync(join(ROOT, group), { withFileTypes: true })
      .map(({ name }) => join(ROOT, group, name, 'test'))
      .filter((folder) => existsSync(folder))
      .flatMap((folder) =>
        readdirSync(folder, { encoding: 'utf8', recursive: true }).map((file) => join(folder, file)),
      )
      .filter((file) => /\/[^/.]+\.test\.ts$/.test(file)),
  );
}

/** The way from a file to something that starts a program, through what stands in folders of tests. */
function wayToPrograms(file: string, seen = new Set<string>()): string[] | undefined {
  if (seen.has(file)) return undefined;
  seen.add(file);
  for (const [, names = '', from = ''] of readFileSync(file, 'utf8').matchAll(
    /^import\s+(?!type\b)(?:([^;']*?)\s+from\s+)?'([^']+)';/gm,
  )) {
    if (from === 'node:child_process' || from === 'child_process') return [file, from];
    const starter = STARTERS.exec(names)?.[0];
    if (starter !== undefined) return [file, starter];
    const next = from.startsWith('.') ? `${join(dirname(file), from)}.ts` : '';
    if (!next.includes('/test/') || !existsSync(next)) continue;
    const rest = wayToPrograms(next, seen);
    if (rest !== undefined) return [file, ...rest];
  }
  return undefined;
}

it('a test whose name tells of no program starts none', () => {
  const tests = pureTests();
  expect(tests.length).toBeGreaterThan(100);
  const ways = tests.flatMap((file) => [wayToPrograms(file) ?? []]).filter((way) => way.length > 0);
  const shown = ways.map((way) => way.map((step) => relative(ROOT, step)).join(' → '));
  expect(shown).toEqual([]);
});

it('what is looked for would be seen', () => {
  expect(wayToPrograms(join(ROOT, 'packages/cli/test/keygen.process.test.ts'))).toEqual([
    expect.stringContaining('keygen.process.test.ts'),
    expect.stringContaining('test/support/waxseal.ts'),
    'node:child_process',
  ]);
  expect(wayToPrograms(join(ROOT, 'packages/vault-transit/test/auth.service.test.ts'))?.at(-1)).toBe(
    'startOpenBao',
  );
});
