import { expect, it } from '@jest/globals';
import { codeBlocks } from './support/code-blocks';
import { commandsOf, scriptOf } from './support/shell-commands';

const [install, code, seen] = codeBlocks('README.md');
const lines = (text = ''): readonly string[] => text.split('\n').filter((line) => line !== '');

it('the README begins with installing, at most 12 lines of code, and what one sees', () => {
  expect([install?.language, code?.language, seen?.language]).toEqual(['sh', 'ts', 'console']);
  expect(lines(install?.text).at(0)).toMatch(/^npm install @waxseal\//);
  expect(lines(code?.text).length).toBeLessThanOrEqual(12);
  expect((seen?.line ?? 99) + lines(seen?.text).length).toBeLessThan(50);
});

it('what one sees is what the run pages print for the same commands', () => {
  const page = codeBlocks('docs/start/aws.md');
  const printed = page.filter(({ language }) => language === 'text').flatMap(({ text }) => lines(text));
  const run = page.filter(({ language }) => language === 'sh').flatMap(({ text }) => lines(text));
  if (seen === undefined) throw new Error('There is no block with output.');
  const shown = lines(seen.text).filter((line) => !line.startsWith('$ '));
  expect(shown).toHaveLength(4);
  for (const line of shown) expect(printed).toContain(line);
  for (const line of lines(scriptOf(seen))) expect(run).toContain(line);
  expect(commandsOf(scriptOf(seen))).toHaveLength(2);
});

it('what is installed is what init says is missing', () => {
  const names = commandsOf(install?.text ?? '').flatMap(({ program, args }) =>
    program === 'npm' ? args.filter((arg) => arg.startsWith('@waxseal/')) : [],
  );
  expect(names.sort()).toEqual(
    ['cli', 'config', 'core', 'local-key', 'temporal'].map((name) => `@waxseal/${name}`),
  );
});
