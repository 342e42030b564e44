import { slug } from './slug';

/** The headings of a page outside code, with their anchors. */
export function headingsOf(markdown: string): { level: number; text: string; anchor: string }[] {
  const taken = new Map<string, number>();
  const lines = withoutFences(markdown).matchAll(/^(#{1,6}) +(.+?)(?: +#+)?$/gm);
  return [...lines].map(([, marks = '', source = '']) => {
    const text = source
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replaceAll(/\\(.)|[`*]/g, (_, escaped: string | undefined) => escaped ?? '')
      .trim();
    const base = slug(text);
    const times = taken.get(base) ?? 0;
    taken.set(base, times + 1);
    return { level: marks.length, text, anchor: times === 0 ? base : `${base}-${String(times)}` };
  });
}

/** All anchors of a page: those of headings, and those that are set by hand. */
export function anchorsOf(markdown: string): Set<string> {
  const byHand = [...markdown.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id);
  return new Set([...headingsOf(markdown).map(({ anchor }) => anchor), ...byHand]);
}

/**
 * Mends the links between pages of the reference that lead to an anchor which is not there. TypeDoc
 * counts an interface that can be called twice, and so names what comes after it wrongly. The heading
 * with the very name that is linked is meant.
 *
 * @param pages the Markdown of each page, by its file name
 */
export function mendAnchors(pages: ReadonlyMap<string, string>): Map<string, string> {
  const anchors = new Map([...pages].map(([file, markdown]) => [file, anchorsOf(markdown)]));
  const headings = new Map([...pages].map(([file, markdown]) => [file, headingsOf(markdown)]));
  const mended = [...pages].map(([file, markdown]) => {
    const text = outsideLinks(markdown, (link, label, target, anchor) => {
      const there = target === '' ? file : target;
      if (anchors.get(there)?.has(anchor) !== false) return link;
      const name = label.replaceAll('`', '');
      const meant = headings.get(there)?.find((heading) => heading.text.replace(/\(\)$/, '') === name);
      return meant === undefined ? label : `[${label}](${target}#${meant.anchor})`;
    });
    return [file, text] as const;
  });
  return new Map(mended);
}

const LINK = /\[(`[^`\]]+`|[^`\]]+)\]\(([\w.-]*\.md|)#([^)\s]+)\)/g;

function outsideLinks(
  markdown: string,
  change: (link: string, label: string, target: string, anchor: string) => string,
): string {
  return markdown
    .split(/(^```[\s\S]*?^```$)/m)
    .map((part, index) => (index % 2 === 0 ? part.replaceAll(LINK, change) : part))
    .join('');
}

function withoutFences(markdown: string): string {
  return markdown.replaceAll(/^(`{3,}|~{3,})[\s\S]*?^\1.*$/gm, '');
}
