import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { apiEntries } from './api-entries';
import { ROOT } from './settings';

/** A page of the site. */
export interface Page {
  /**
   * The Markdown it is made from, from the root of the repository; undefined where doc comments are its
   * source.
   */
  readonly source: string | undefined;
  /** Its Markdown on the site, such as `spec/envelope.md`; the HTML has the same name without `.md`. */
  readonly route: string;
  /** What the sidebar says, where that is not the heading of the page. */
  readonly label?: string;
}

/** Pages that stand together in the sidebar. */
export interface Section {
  readonly title: string;
  readonly pages: readonly Page[];
  /**
   * The folder of its pages on the site, where they are so many that they have a sidebar of their own.
   */
  readonly folder?: string;
}

/** Pages of `docs/`, in the order of the sidebar. */
const GUIDES: readonly (readonly [title: string, names: readonly string[]])[] = [
  [
    'Begin',
    [
      'installing',
      ...['start/aws', 'start/google', 'start/azure', 'start/vault'],
      ...['choosing', 'connecting', 'migrating', 'testing', 'bundling'],
    ],
  ],
  [
    'Keys',
    ['providers', 'tenants', 'data-keys', 'shared-data-keys', 'key-rotation', 'rotating-a-key', 'draining'],
  ],
  ['Codec Server', ['codec-server', 'deployment', 'masking', 'audit']],
  ['More to protect', ['headers', 'search-attributes', 'subjects', 'tokens', 'store', 'compression']],
  [
    'Operation',
    ['command', 'troubleshooting', 'errors', 'operations', 'operations/metrics', 'performance', 'releasing'],
  ],
];

/** The sidebar: every page of the site, in order. */
export function sections(): Section[] {
  const guides = GUIDES.map(([title, names]) => ({ title, pages: names.map(guide) }));
  const start: Page = { source: 'README.md', route: 'index.md' };
  const [begin, ...others] = guides;
  const all: Section[] = [
    { title: 'Begin', pages: [start, ...(begin?.pages ?? [])] },
    ...others,
    {
      title: 'Security',
      pages: [
        { source: 'SECURITY.md', route: 'security.md' },
        ...['threat-model', 'how-a-payload-travels', 'compatibility'].map(guide),
      ],
    },
    {
      title: 'Packages',
      folder: 'packages',
      pages: folders('packages').map((name) => ({
        source: `packages/${name}/README.md`,
        route: `packages/${name}.md`,
        label: name,
      })),
    },
    {
      title: 'API reference',
      folder: 'api',
      pages: apiEntries().map(({ route, entry }) => ({
        source: undefined,
        route,
        label: entry.replace('@waxseal/', ''),
      })),
    },
    { title: 'Specifications', folder: 'spec', pages: [...found('docs/spec'), ...VECTORS] },
    { title: 'Decisions', folder: 'decisions', pages: found('docs/decisions') },
    { title: 'Project', pages: [{ source: 'CONTRIBUTING.md', route: 'contributing.md' }] },
  ];
  complainOfMissing(all);
  return all;
}

const VECTORS: readonly Page[] = [
  { source: 'docs/spec/vectors/README.md', route: 'spec/vectors.md' },
  { source: 'docs/spec/vectors/archive/README.md', route: 'spec/vectors-archive.md' },
];

function guide(name: string): Page {
  return { source: `docs/${name}.md`, route: `${name}.md` };
}

function found(folder: string): Page[] {
  return readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => ({ source: `${folder}/${name}`, route: `${folder.replace('docs/', '')}/${name}` }));
}

function folders(path: string): string[] {
  return readdirSync(join(ROOT, path)).filter((name) => existsSync(join(ROOT, path, name, 'README.md')));
}

/** A page that nobody put into the order would be found by nobody. */
function complainOfMissing(all: readonly Section[]): void {
  const named = new Set(all.flatMap(({ pages }) => pages.map(({ source }) => source)));
  const missing = readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `docs/${path}`)
    .filter((source) => !named.has(source));
  if (missing.length > 0) {
    throw new Error(`No place on the site: ${missing.join(', ')}. Name it in tools/site/src/pages.ts.`);
  }
}
