import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';

const require = createRequire(import.meta.url);
const {
  ADDRESS,
  BASE,
  EDITION,
  HTML,
  inRepository,
  MARKDOWN,
  OUTPUT,
  SITE,
  version,
} = require('../dist/settings.js');
const { slug } = require('../dist/slug.js');

const sidebar = JSON.parse(readFileSync(join(OUTPUT, 'sidebars.json'), 'utf8'));
const here = join(import.meta.dirname, '..');

/** The site as VitePress builds it, from what `src/prepare.ts` wrote. */
export default {
  srcDir: relative(here, MARKDOWN),
  outDir: HTML,
  cacheDir: join(OUTPUT, 'vite'),
  base: BASE,
  lang: 'en',
  title: 'Waxseal',
  titleTemplate: ':title · Waxseal',
  description: 'Envelope encryption for Temporal applications, backed by your own keys',
  cleanUrls: true,
  appearance: true,
  // What is in sight is some forty pages, in the sidebar.
  router: { prefetchLinks: false },
  head: [
    ['link', { rel: 'icon', type: 'image/svg+xml', href: `${BASE}icon.svg` }],
    // A search engine is to lead to the newest release.
    ...(EDITION.path === '' ? [] : [['meta', { name: 'robots', content: 'noindex' }]]),
  ],
  // Links to a page that is not there end the build.
  ignoreDeadLinks: false,
  sitemap: { hostname: ADDRESS },
  markdown: {
    anchor: { slugify: slug },
    config: (markdown) => void markdown.core.ruler.push('empty-headers', withoutEmptyHeaders),
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
  },
  transformHead: ({ pageData }) => [
    ['link', { rel: 'alternate', type: 'text/markdown', href: `${BASE}${pageData.relativePath}` }],
  ],
  themeConfig: {
    logo: '/icon.svg',
    search: { provider: 'local' },
    outline: { level: [2, 3], label: 'On this page' },
    sidebar,
    nav: [
      { text: 'Errors', link: '/errors' },
      { text: 'Security', link: '/security' },
      { text: 'API', link: '/api/core' },
      EDITION.all.length === 1
        ? { text: `v${version()}`, link: inRepository('', 'tree') }
        : { text: EDITION.name, items: EDITION.all.map(inMenu) },
    ],
    socialLinks: [{ icon: 'github', link: inRepository('', 'tree'), ariaLabel: 'The repository' }],
  },
};

/** Another edition, which is another site to the router. */
function inMenu({ name, path }) {
  return { text: name, link: SITE + path, target: '_self', rel: '', noIcon: true };
}

/** Columns without a name have no header: Markdown cannot say so, and a screen reader would read an empty one. */
function withoutEmptyHeaders({ tokens }) {
  tokens.forEach((token, index) => {
    if (token.type !== 'th_open' || tokens[index + 1].content !== '') return;
    token.tag = 'td';
    tokens[index + 2].tag = 'td';
  });
}
