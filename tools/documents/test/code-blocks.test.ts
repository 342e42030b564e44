import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { blocksOf, codeBlocks, framed, pages, placeIn } from './support/code-blocks';
import { KINDS } from './support/kinds';

const blocks = pages().flatMap(codeBlocks);

it('finds what there is', () => {
  expect(pages()).toEqual(
    expect.arrayContaining(['README.md', 'docs/testing.md', 'packages/core/README.md']),
  );
  expect(blocks.length).toBeGreaterThan(200);
});

it('every block has a kind of which it is said how it is checked, or why it is not', () => {
  const unknown = blocks.filter(({ language }) => !(language in KINDS));
  expect(unknown.map((block) => `${placeIn(block)} "${block.language}"`)).toEqual([]);
  const used = new Set(blocks.map(({ language }) => language));
  expect(Object.keys(KINDS).filter((language) => !used.has(language))).toEqual([]);
});

it('the tests that are said to check a kind are there and name it', () => {
  for (const [language, kind] of Object.entries(KINDS)) {
    for (const name of 'checkedBy' in kind ? kind.checkedBy : []) {
      const file = join(__dirname, name);
      expect([name, existsSync(file)]).toEqual([name, true]);
      expect([name, language, readFileSync(file, 'utf8').includes(`'${language}'`)]).toEqual([
        name,
        language,
        true,
      ]);
    }
  }
});

it('a frame before a block is used', () => {
  const frames = pages().flatMap(
    (page) => readFileSync(join(__dirname, '../../..', page), 'utf8').match(/^<!-- block:/gm) ?? [],
  );
  expect(blocks.filter(({ frame }) => frame !== undefined).length).toBe(frames.length);
});

it('reads blocks, their places, and what they stand within', () => {
  const text =
    '# Page\n\n- item\n\n  ```ts\n  one();\n  ```\n\n<!-- block: call({ … }) -->\n```ts\na: 1,\n```\n';
  const [first, second] = blocksOf('page.md', text);
  expect(first).toMatchObject({ line: 6, language: 'ts', text: 'one();\n', frame: undefined });
  expect(second).toMatchObject({ line: 11, text: 'a: 1,\n', frame: 'call({ … })' });
  expect(second && framed(second)).toEqual({ text: 'call({ \na: 1,\n })', linesBefore: 1 });
});
