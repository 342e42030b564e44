import { inspect } from 'node:util';

/** What a part of a line is, for a terminal that shows colours. */
export type Style = 'good' | 'bad' | 'careful' | 'heading';

/** A part of a line that a terminal may show in a colour. */
export interface Styled {
  readonly style: Style;
  readonly text: string;
}

/** A line for a person. Only code decides on colours: a text cannot bring its own. */
export type Line = string | readonly (string | Styled)[];

/** What is in order. */
export function good(text: string): Styled {
  return { style: 'good', text };
}

/** What failed, or is refused. */
export function bad(text: string): Styled {
  return { style: 'bad', text };
}

/** What a person should look at. */
export function careful(text: string): Styled {
  return { style: 'careful', text };
}

/** What stands above other lines. */
export function heading(text: string): Styled {
  return { style: 'heading', text };
}

/** A stream that may be a terminal. */
export interface MaybeTerminal {
  readonly isTTY?: boolean;
}

/**
 * Whether colours are wanted: on a terminal, unless somebody says no. `FORCE_COLOR` counts more than
 * `NO_COLOR` (no-color.org) and `TERM=dumb`, as it does in Node.js; `--no-color` counts most.
 */
export function wantsColour(
  { isTTY = false }: MaybeTerminal,
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): boolean {
  if (optionsOf(args).includes('--no-color')) return false;
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: term } = environment;
  if (force !== undefined) return force !== '0' && force !== 'false';
  return isTTY && !no && term !== 'dumb';
}

/** The arguments that can be options: those in front of `--`. */
export function optionsOf(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--');
  return end === -1 ? args : args.slice(0, end);
}

const COLOURS: Readonly<Record<Style, readonly (keyof typeof inspect.colors)[]>> = {
  good: ['green'],
  bad: ['bold', 'red'],
  careful: ['yellow'],
  heading: ['bold'],
};

/** A text as a terminal shows it in a style. */
export function coloured({ style, text }: Styled): string {
  return COLOURS[style].reduceRight<string>((inner, name) => {
    const [on, off] = inspect.colors[name] ?? [0, 0];
    return `\u001b[${String(on)}m${inner}\u001b[${String(off)}m`;
  }, text);
}

/**
 * A line as it is written.
 *
 * @param harmless makes a text one that cannot steer the terminal
 */
export function written(line: Line, isColoured: boolean, harmless: (text: string) => string): string {
  const parts = typeof line === 'string' ? [line] : line;
  return parts
    .map((part) => {
      if (typeof part === 'string') return harmless(part);
      const text = harmless(part.text);
      return isColoured ? coloured({ ...part, text }) : text;
    })
    .join('');
}
