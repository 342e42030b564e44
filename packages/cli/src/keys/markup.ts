import { createHash } from 'node:crypto';
import { escapeUnprintable } from '@waxseal/core/internal';

/** HTML that this program wrote. Any other text is escaped where it is put into it. */
export class Markup {
  readonly #html: string;

  constructor(html: string) {
    this.#html = html;
  }

  toString(): string {
    return this.#html;
  }
}

/** What a template takes. `undefined` leaves nothing. */
type Content = Markup | string | number | undefined | readonly Markup[];

/**
 * A template whose values are escaped, as content and as attributes in double quotes. Characters that
 * cannot be seen, or that steer what is around them, are written out.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(strings.map((text, index) => text + contentOf(values[index])).join(''));
}

function contentOf(value: Content): string {
  if (value === undefined) return '';
  if (value instanceof Markup) return value.toString();
  if (typeof value === 'object') return value.join('');
  return escapeHtml(visible(String(value)));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

// What is not seen, what looks like a space, and marks in a pile that would cover the lines around them.
const INVISIBLE = /[\p{C}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Z}|(?<=\p{M}{2})\p{M}/gu;

/**
 * The text with all that cannot be seen written out as in JSON: `\u202e`. What stands there is the text to
 * the character, and a backslash is doubled.
 */
export function visible(text: string): string {
  return escapeUnprintable(JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"')).replace(
    INVISIBLE,
    (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`,
  );
}

/** A text, and an ellipsis where it would take more than so many characters on the page. */
export function clipped(text: string, most: number): Markup {
  const { shown, isCut } = clip(text, most);
  return new Markup(`${escapeHtml(shown)}${isCut ? '…' : ''}`);
}

/**
 * A name that somebody else chose: in one direction whatever is in it, cut where it is long, and with a
 * warning where characters may look like others.
 *
 * @param most how many characters are shown
 */
export function name(text: string, most: number): Markup {
  const { shown, isCut } = clip(text, most);
  const length = count(Array.from(text).length);
  const rest = isCut
    ? html`… <small>(${length} characters, SHA-256 ${fingerprint(text)})</small>`
    : undefined;
  const foreign = [...new Set(text.match(/[^\p{ASCII}]/gu))].slice(0, 4).map(codePoint).join(', ');
  const warning = foreign === '' ? undefined : html` <small class="warn">not ASCII: ${foreign}</small>`;
  // A line breaks where parts of a name meet, if it can.
  const breaking = new Markup(escapeHtml(shown).replaceAll('/', '/<wbr>'));
  return html`<bdi class="name" dir="ltr">${breaking}</bdi>${rest}${warning}`;
}

/** The beginning and the end of a name, for where it stands beside a number that tells which it is. */
export function shortName(text: string): Markup {
  const characters = Array.from(text);
  if (characters.length <= SHORT) return name(text, SHORT);
  const part = (from: number, to?: number): Markup => clipped(characters.slice(from, to).join(''), SHORT);
  return html`<bdi class="name" dir="ltr">${part(0, 12)}…${part(-(SHORT - 13))}</bdi>`;
}

const SHORT = 38;

/** Cuts a text made visible, and no character that is written out. */
function clip(text: string, most: number): { readonly shown: string; readonly isCut: boolean } {
  let shown = '';
  let length = 0;
  for (const [part] of visible(text).matchAll(/\\u\{[0-9a-f]+\}|\\u[0-9a-f]{4}|\\.|./gsu)) {
    length += part.length;
    if (length > most) return { shown, isCut: true };
    shown += part;
  }
  return { shown, isCut: false };
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function fingerprint(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 16);
}

const NUMBERS = new Intl.NumberFormat('en');

/** A number as people read it: `1,204`. */
export function count(value: number): string {
  return NUMBERS.format(value);
}

/** How many of what: `1 key`, `2 keys`. */
export function many(value: number, one: string, more = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : more}`;
}

/**
 * A moment to the minute, in UTC, which it says. What is a limit is rounded up, so that it is never early.
 */
export function moment(iso: string, rounding: 'down' | 'up' = 'down'): Markup {
  return html`<time datetime="${iso}">${minute(iso, rounding)} UTC</time>`;
}

/** The same under a heading that says UTC. */
export function shortMoment(iso: string): Markup {
  return html`<time datetime="${iso}">${minute(iso, 'down')}</time>`;
}

const MS_PER_MINUTE = 60_000;

function minute(iso: string, rounding: 'down' | 'up'): string {
  const minutes = Date.parse(iso) / MS_PER_MINUTE;
  const date = new Date((rounding === 'up' ? Math.ceil(minutes) : Math.floor(minutes)) * MS_PER_MINUTE);
  // The last minute of time has no next one.
  return Number.isNaN(date.getTime())
    ? iso
    : date
        .toISOString()
        .replace('T', ' ')
        .replace(/:00\.000Z$/, '');
}
