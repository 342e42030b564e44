import type { WrittenPage, WrittenSection } from './llms';

/** An entry of a sidebar as VitePress has it. */
interface Entry {
  readonly text: string;
  readonly link: string;
}

/** Entries under a heading. */
interface Group {
  readonly text: string;
  readonly items: readonly Entry[];
}

/** The path of a page within the site, without `.md`. */
export function pathOf(route: string): string {
  return route.replace(/(^|(?<=\/))index\.md$|\.md$/, '');
}

/**
 * The sidebars by the beginning of a path: one of all guides, and one for each folder of reference, to
 * which the first one leads. None can be folded: VitePress would put a button into a button then,
 * which screen readers cannot tell apart.
 */
export function sidebars(sections: readonly WrittenSection[]): Record<string, readonly Group[]> {
  const apart = sections.filter(({ folder }) => folder !== undefined);
  const lookUp: Group = {
    text: 'Reference',
    items: apart.flatMap(({ title, pages: [first] }) =>
      first ? [{ text: title, link: linkTo(first) }] : [],
    ),
  };
  const guides = sections.filter(({ folder }) => folder === undefined).map(groupOf);
  const back: Group = { text: 'Documentation', items: [{ text: '← All pages', link: '/' }] };
  return {
    ...Object.fromEntries(
      apart.map((section) => [`/${section.folder ?? ''}/`, [back, groupOf(section)]] as const),
    ),
    '/': [...guides, lookUp],
  };
}

function groupOf({ title, pages }: WrittenSection): Group {
  return {
    text: title,
    items: pages.map((page) => ({ text: page.label ?? page.title, link: linkTo(page) })),
  };
}

function linkTo({ route }: WrittenPage): string {
  return `/${pathOf(route)}`;
}
