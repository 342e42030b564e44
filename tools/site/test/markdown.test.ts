import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { expect, it } from '@jest/globals';
import MarkdownIt from 'markdown-it';
import { ROOT } from '../src/settings';
import { slug } from '../src/slug';

/** From how many lines on a page has a table of contents of its own, for those who read it on a forge. */
const LONG = 300;
const LEFT_OUT = /(^|\/)(node_modules|dist|\.git|\.cache|test-artefacts)(\/|$)/;

/** The Markdown that people read: everything but what a build makes and what tests hold. */
const files = ['.', 'docs', 'packages', 'examples', 'interop', 'deploy', 'bench'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: folder !== '.', encoding: 'utf8' })
    .map((path) => posix.join(folder, path))
    .filter((path) => path.endsWith('.md') && !LEFT_OUT.test(path)),
);

interface Markdown {
  readonly anchors: ReadonlySet<string>;
  /** Anchors of the headings of the second level. */
  readonly chapters: readonly string[];
  readonly links: readonly string[];
  readonly html: readonly string[];
  readonly lines: number;
}

/** A page as a forge reads it. */
function read(file: string): Markdown {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const tokens = new MarkdownIt({ html: true }).parse(text, {});
  const inline = tokens.flatMap((token) => [token, ...(token.children ?? [])]);
  const times = new Map<string, number>();
  const anchors = tokens.flatMap((token, index) => {
    if (token.type !== 'heading_open') return [];
    const words = (tokens[index + 1]?.children ?? []).map(({ content }) => content).join('');
    const anchor = slug(words);
    const count = times.get(anchor) ?? 0;
    times.set(anchor, count + 1);
    return [{ level: token.tag, anchor: count === 0 ? anchor : `${anchor}-${String(count)}` }];
  });
  return {
    anchors: new Set(anchors.map(({ anchor }) => anchor)),
    chapters: anchors.filter(({ level }) => level === 'h2').map(({ anchor }) => anchor),
    links: inline.flatMap((token) => token.attrGet('href') ?? token.attrGet('src') ?? []),
    html: inline.filter(({ type }) => type.startsWith('html_')).map(({ content }) => content),
    lines: text.split('\n').length,
  };
}

const pages = new Map(files.map((file) => [file, read(file)]));

it('finds the pages that there are', () => {
  expect(files.length).toBeGreaterThan(70);
  expect(pages.get('SECURITY.md')?.anchors).toContain('what-stays-in-clear');
});

it('no page has a link to a file or an anchor that is not there', () => {
  const dead = [...pages].flatMap(([file, { links }]) =>
    links
      .filter((link) => !/^[a-z][a-z0-9+.-]*:/i.test(link))
      .filter((link) => {
        const [path = '', anchor] = decodeURI(link).split('#');
        const target = path === '' ? file : posix.join(posix.dirname(file), path).replace(/\/$/, '');
        if (!existsSync(join(ROOT, target))) return true;
        if (anchor === undefined) return false;
        const isFolder = statSync(join(ROOT, target)).isDirectory();
        return !pages.get(isFolder ? `${target}/README.md` : target)?.anchors.has(anchor);
      })
      .map((link) => `${file}: ${link}`),
  );
  expect(dead).toEqual([]);
});

it('no page has HTML in it, which a forge would leave out, or show as it is', () => {
  const found = [...pages].flatMap(([file, { html }]) =>
    html.filter((part) => !part.startsWith('<!--')).map((part) => `${file}: ${part}`),
  );
  expect(found).toEqual([]);
});

it('a long page has a table of contents', () => {
  const without = [...pages]
    .filter(([file, { lines }]) => file.startsWith('docs/') && lines > LONG)
    .flatMap(([file, { chapters, links }]) =>
      chapters.filter((anchor) => !links.includes(`#${anchor}`)).map((anchor) => `${file}: #${anchor}`),
    );
  expect(without).toEqual([]);
});
