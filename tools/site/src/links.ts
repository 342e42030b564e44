import { existsSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ADDRESS, IMAGES, inRepository, ROOT } from './settings';

/** Fenced blocks and code within a line, in which nothing is a link. */
const CODE = /(^(?<fence>`{3,}|~{3,})[\s\S]*?^\k<fence>.*$|(?<ticks>`+)[^`][\s\S]*?\k<ticks>)/gm;
/** The target of `[text](target)`, and that of `[name]: target`. */
const TARGET = /(?<=\]\()[^\s()<>]+(?:\([^\s()]*\)[^\s()<>]*)*(?=[)\s])|(?<=^\[[^\]]+\]: +)\S+/gm;

/** What is outside code, changed by `change`; what is inside it, as it is. */
export function outsideCode(markdown: string, change: (text: string) => string): string {
  let result = '';
  let end = 0;
  for (const match of markdown.matchAll(CODE)) {
    result += change(markdown.slice(end, match.index)) + match[0];
    end = match.index + match[0].length;
  }
  return result + change(markdown.slice(end));
}

/**
 * The Markdown of a page with its links as they are on the site: to the page where a file is one, to
 * what it shows, else to the repository.
 *
 * @param complain is told of a link to a file that is not there
 * @param routes the page of each file, such as `spec/envelope.md` of `docs/spec/envelope.md`
 */
export function linksOnSite(
  markdown: string,
  { source, route }: { source: string; route: string },
  routes: ReadonlyMap<string, string>,
  complain: (problem: string) => void,
): string {
  return outsideCode(markdown, (text) =>
    text.replaceAll(TARGET, (target) => {
      if (/^([a-z][a-z0-9+.-]*:|#)/i.test(target)) return target;
      const [path = '', anchor] = target.split('#');
      const file = path.startsWith('/')
        ? path.slice(1)
        : posix.join(posix.dirname(source), path).replace(/\/$/, '');
      const page = routes.get(file) ?? routes.get(posix.join(file, 'README.md'));
      const hash = anchor === undefined ? '' : `#${anchor}`;
      if (page !== undefined) return `${relative(route, page)}${hash}`;
      if (!existsSync(join(ROOT, file))) {
        complain(`${source}: there is no ${file} (${target}).`);
        return target;
      }
      if (file.startsWith(`${IMAGES}/`)) return relative(route, file.slice('docs/'.length));
      const isFolder = statSync(join(ROOT, file)).isDirectory();
      return inRepository(file === '.' ? '' : file, isFolder ? 'tree' : 'blob') + hash;
    }),
  );
}

/** The address of a page: of its HTML, or with `.md` of its Markdown. */
export function addressOf(route: string, form: 'html' | 'md'): string {
  const name = form === 'md' ? route : route.replace(/(^|(?<=\/))index\.md$|\.md$/, '');
  return new URL(name, ADDRESS).href;
}

function relative(from: string, to: string): string {
  return posix.relative(posix.dirname(from), to);
}
