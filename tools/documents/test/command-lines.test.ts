import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import MarkdownIt from 'markdown-it';
import { codeBlocks, pages, placeIn, ROOT, type CodeBlock } from './support/code-blocks';
import { OTHER_PROGRAMS } from './support/kinds';
import { commandsOf, scriptOf, type ShellCommand } from './support/shell-commands';
import { refusalOf, unknownIn } from './support/waxseal-lines';

interface Line extends ShellCommand {
  readonly place: string;
  readonly block: CodeBlock;
}

const lines: readonly Line[] = pages()
  .flatMap(codeBlocks)
  .filter(({ language }) => ['sh', 'console'].includes(language))
  .flatMap((block) =>
    commandsOf(scriptOf(block)).map((command) => ({
      ...command,
      block,
      place: placeIn(block, command.line),
    })),
  );
const of = (...programs: readonly string[]) => lines.filter(({ program }) => programs.includes(program));

/** The arguments of the `waxseal` command, where a line runs it in one of its ways. */
function argumentsOfWaxseal({ program, args }: ShellCommand): readonly string[] | undefined {
  if (program === 'waxseal') return args;
  const [first = '', ...others] = args;
  return program === 'npx' && ['waxseal', '@waxseal/cli'].includes(first) ? others : undefined;
}

const waxsealLines = lines.flatMap((line) => {
  const args = argumentsOfWaxseal(line);
  return args === undefined ? [] : [{ place: line.place, args }];
});

describe('the waxseal command', () => {
  it('stands in many blocks', () => {
    expect(waxsealLines.length).toBeGreaterThan(50);
  });

  it('takes what the blocks give it', () => {
    const refused = waxsealLines.map(({ place, args }) => [place, refusalOf(args)]);
    expect(refused.filter(([, refusal]) => refusal !== undefined)).toEqual([]);
  });

  it('has what sentences name', () => {
    const named = pages().flatMap((page) =>
      new MarkdownIt({ html: true })
        .parse(readFileSync(join(ROOT, page), 'utf8'), {})
        .flatMap(({ children, map }) =>
          (children ?? [])
            .filter(({ type, content }) => type === 'code_inline' && /^(?:npx )?waxseal [a-z]/.test(content))
            .map(({ content }) => ({
              place: map === null ? page : `${page}:${String(map[0] + 1)}`,
              content,
            })),
        ),
    );
    expect(named.length).toBeGreaterThan(100);
    const wrong = named.flatMap(({ place, content }) => {
      // Placeholders, such as <file>, are none of a shell's words.
      const words = content
        .replace(/^(?:npx )?waxseal /, '')
        .split(/\s+/)
        .filter((word) => !/^[<[…]/.test(word));
      const unknown = unknownIn(words);
      return unknown === undefined ? [] : [`${place} ${content}: ${unknown}`];
    });
    expect(wrong).toEqual([]);
  });

  it('would not take another option, value or command', () => {
    for (const line of [
      'serve --prot 1',
      'serve --port x',
      'served',
      'keys rotates',
      'audit verify',
      'init --provider ibm',
    ])
      expect([line, refusalOf(line.split(' '))]).toEqual([line, expect.any(String)]);
    expect(unknownIn(['keys', 'usages'])).toBe('there is no command usages');
    expect(unknownIn(['keys', 'usage', '--watched'])).toBe('usage has no option --watched');
  });
});

describe('npm', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Readonly<Record<string, string>>;
  };
  const ownPackages = /^@waxseal\/([\w-]+)$/;

  it('has the scripts that are run', () => {
    const run = of('npm').filter(({ args: [what] }) => what === 'run' || what === 'test');
    expect(run.length).toBeGreaterThan(15);
    const missing = run.filter(({ args: [what = '', name = ''], block }) => {
      // Scripts of an example are in its own manifest.
      const example = /^examples\/[\w-]+\//.exec(block.page)?.[0];
      const own = example === undefined ? {} : scriptsOf(`${example}package.json`);
      return !((what === 'test' ? 'test' : name) in { ...scripts, ...own });
    });
    expect(missing.map(({ place, args }) => `${place} ${args.join(' ')}`)).toEqual([]);
  });

  it('installs packages that there are', () => {
    const named = of('npm', 'pnpm', 'yarn').flatMap(({ place, args: [what = '', ...names] }) =>
      ['install', 'add'].includes(what) ? names.map((name) => ({ place, name })) : [],
    );
    expect(named.length).toBeGreaterThan(10);
    const missing = named.filter(({ name }) => {
      const own = ownPackages.exec(name)?.[1];
      if (own !== undefined) return !existsSync(join(ROOT, 'packages', own, 'package.json'));
      const archives = /\/waxseal-(?:\{([\w,-]+)\}|([\w-]+))-\d+\.\d+\.\d+\.tgz$/.exec(name);
      if (archives !== null) {
        const names = (archives[1] ?? archives[2] ?? '').split(',');
        return !names.every((each) => existsSync(join(ROOT, 'packages', each, 'package.json')));
      }
      return !name.startsWith('-') && !existsSync(join(ROOT, 'node_modules', name, 'package.json'));
    });
    expect(missing).toEqual([]);
  });
});

function scriptsOf(path: string): Readonly<Record<string, string>> {
  const manifest = JSON.parse(readFileSync(join(ROOT, path), 'utf8')) as { scripts?: Record<string, string> };
  return manifest.scripts ?? {};
}

it('a file of this repository that Node.js is to run is there, or its source', () => {
  const missing = of('node').filter(({ args, block }) => {
    const file = args.find((arg) => /\.[cm]?[jt]s$/.test(arg)) ?? '';
    const folder = /\bcd (examples\/[\w-]+)/.exec(block.text)?.[1] ?? '.';
    const isThere = (path: string): boolean => existsSync(join(ROOT, folder, path));
    const isOfReader = file === 'waxseal/smoke-test.mjs';
    return !isOfReader && !isThere(file) && !isThere(file.replace('/dist/', '/src/').replace(/\.js$/, '.ts'));
  });
  expect(missing.map(({ place, args }) => `${place} ${args.join(' ')}`)).toEqual([]);
});

it('every other program is one of which it is said why nothing checks its arguments', () => {
  const listed = Object.keys(OTHER_PROGRAMS).flatMap((names) => names.split(' '));
  const checked = ['waxseal', 'npx', 'npm', 'pnpm', 'yarn', 'node', 'temporal'];
  const programs = new Set(lines.map(({ program }) => program));
  expect([...programs].filter((program) => ![...listed, ...checked].includes(program))).toEqual([]);
  expect(listed.filter((program) => !programs.has(program))).toEqual([]);
});
