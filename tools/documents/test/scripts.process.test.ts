import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { codeBlocks, pages, placeIn, ROOT } from './support/code-blocks';
import { scriptOf } from './support/shell-commands';

const blocks = pages().flatMap(codeBlocks);
const of = (...languages: readonly string[]) => blocks.filter(({ language }) => languages.includes(language));

/** What a program says of a text on its standard input; empty for nothing. */
async function complaint(program: string, args: readonly string[], text: string): Promise<string> {
  const running = promisify(execFile)(program, args, { cwd: ROOT });
  running.child.stdin?.end(text);
  try {
    return (await running).stderr;
  } catch (error) {
    return (error as { readonly stderr?: string }).stderr ?? String(error);
  }
}

describe('shells', () => {
  const bash = (script: string) => complaint('bash', ['-n'], script);

  it('read every script and every line behind a prompt', async () => {
    const scripts = of('sh', 'console');
    expect(scripts.length).toBeGreaterThan(80);
    const wrong: string[] = [];
    for (const block of scripts) {
      const said = await bash(scriptOf(block));
      if (said !== '') wrong.push(`${placeIn(block)} ${said}`);
    }
    expect(wrong).toEqual([]);
  });

  it('would not read what is no script', async () => {
    expect(await bash('echo "one')).toContain('unexpected EOF');
  });
});

describe('Python', () => {
  const python = (text: string) =>
    complaint('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], text);

  it.each(of('python').map((block) => [placeIn(block), block.text]))('reads %s', async (_place, text) => {
    expect(await python(text)).toBe('');
  });

  it('would not read what is no Python', async () => {
    expect(await python('def f(:')).toContain('SyntaxError');
  });
});

/** Reads statements and runs none. In a process of its own: PGlite loads itself by `import()`. */
const PGLITE = `
const { PGlite } = require('@electric-sql/pglite');
const { text } = require('node:stream/consumers');
async function main() {
  const database = await PGlite.create();
  const statements = await text(process.stdin);
  await database.exec('DO $block$ BEGIN IF false THEN ' + statements + '\\n END IF; END $block$');
  await database.close();
}
main().catch(({ message }) => { console.error(message); process.exit(1); });
`;

describe('PostgreSQL', () => {
  const postgres = (text: string) => complaint(process.execPath, ['-e', PGLITE], text);

  it.each(of('sql').map((block) => [placeIn(block), block.text]))('reads %s', async (_place, text) => {
    expect(await postgres(text)).toBe('');
  });

  it('would not read what is no SQL', async () => {
    expect(await postgres('CREATE ROL waxseal;')).toContain('syntax error');
  });
});
