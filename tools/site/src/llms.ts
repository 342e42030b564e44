import { addressOf } from './links';
import type { Page, Section } from './pages';
import { version } from './settings';

/** A page with what stands on it. */
export interface WrittenPage extends Page {
  readonly title: string;
  readonly markdown: string;
}

/** A section of such pages. */
export interface WrittenSection extends Section {
  readonly pages: readonly WrittenPage[];
}

/** Longest summary of a page, in characters. */
const SUMMARY = 200;

/**
 * `llms.txt` (https://llmstxt.org): what there is, each page with a sentence and the address of its
 * Markdown.
 */
export function llmsIndex(sections: readonly WrittenSection[]): string {
  const parts = sections.map(({ title, pages }) => {
    const lines = pages.map((page) => {
      const summary = summaryOf(page.markdown);
      return `- [${page.title}](${addressOf(page.route, 'md')})${summary === '' ? '' : `: ${summary}`}`;
    });
    return `## ${title}\n\n${lines.join('\n')}`;
  });
  return `# Waxseal\n\n> Envelope encryption for Temporal applications, backed by your own keys, in TypeScript. Version ${version()}.\n\n${parts.join('\n\n')}\n`;
}

/**
 * `llms-full.txt`: all pages in one, in the order of the sidebar; without decisions, and the reference
 * of each entry.
 */
export function llmsFull(sections: readonly WrittenSection[]): string {
  return sections
    .filter(({ title }) => title !== 'Decisions' && title !== 'API reference')
    .flatMap(({ pages }) => pages)
    .map(({ route, markdown }) => `<!-- ${addressOf(route, 'md')} -->\n\n${markdown.trim()}\n`)
    .join('\n');
}

/** The first sentence of the first paragraph, without links and marks. */
function summaryOf(markdown: string): string {
  const paragraph = markdown
    .split(/\n{2,}/)
    .find((block) => /^[\p{L}`*[]/u.test(block) && !block.startsWith('```'));
  const text = (paragraph ?? '')
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/\s+/g, ' ')
    .replaceAll('**', '');
  const [sentence = ''] = /^.*?[.:](?= |$)/.exec(text) ?? [text];
  const whole = sentence.replace(/:$/, '.');
  return whole.length > SUMMARY ? `${whole.slice(0, SUMMARY).replace(/ \S*$/, '')} …` : whole;
}
