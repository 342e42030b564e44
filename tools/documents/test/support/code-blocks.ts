import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import MarkdownIt from 'markdown-it';

/** The root of the repository. */
export const ROOT = join(__dirname, '../../../..');

/** A fenced block of code, or one that is indented. */
export interface CodeBlock {
  /** The page, from the root of the repository. */
  readonly page: string;
  /** Where the code begins, counted from 1. */
  readonly line: number;
  /** What stands behind the backticks; empty for none. */
  readonly language: string;
  readonly text: string;
  /**
   * What the code stands within, where alone it is no whole: the text of a comment `<!-- block: … -->` before
   * it, in which `…` is the place of the code.
   */
  readonly frame: string | undefined;
}

const FRAME = /^<!-- block: ([^]*?) -->\s*$/;

/** The pages whose code is checked: those for readers, and no test data. */
export function pages(): string[] {
  const found = ['docs', 'packages', 'examples', 'deploy', 'interop'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .map((path) => posix.join(folder, path))
      .filter((path) => path.endsWith('.md') && !/\/(?:node_modules|dist|test)\//.test(path)),
  );
  return ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...found].sort();
}

/** Every block of code of a page, in its order. */
export function codeBlocks(page: string): CodeBlock[] {
  return blocksOf(page, readFileSync(join(ROOT, page), 'utf8'));
}

/** Every block of code of a text in Markdown. */
export function blocksOf(page: string, text: string): CodeBlock[] {
  const tokens = new MarkdownIt({ html: true }).parse(text, {});
  return tokens.flatMap(({ type, map, info, content }, index) => {
    if (type !== 'fence' && type !== 'code_block') return [];
    const before = tokens[index - 1];
    const frame = before?.type === 'html_block' ? FRAME.exec(before.content)?.[1] : undefined;
    const line = (map?.[0] ?? 0) + (type === 'fence' ? 2 : 1);
    return [{ page, line, language: info.trim(), text: content, frame }];
  });
}

/** A block with what it stands within. @returns it, and how many lines stand before the block */
export function framed({ text, frame }: CodeBlock): { readonly text: string; readonly linesBefore: number } {
  if (frame === undefined) return { text, linesBefore: 0 };
  const at = frame.indexOf('…');
  const [before, after] = at < 0 ? [`${frame}\n`, ''] : [`${frame.slice(0, at)}\n`, frame.slice(at + 1)];
  return { text: before + text + after, linesBefore: before.split('\n').length - 1 };
}

/** How a failure names a place in a page. */
export function placeIn({ page, line }: CodeBlock, lineInBlock = 0): string {
  return `${page}:${String(line + lineInBlock)}`;
}
