import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Line, type MaybeTerminal, wantsColour, written } from './terminal/colour';
import { eraseProgress } from './terminal/progress';

/** Where a command writes. */
export interface Output {
  /** Writes one line of result. */
  readonly line: (line: Line) => void;
  /** Writes one line for the operator, kept apart from the result. */
  readonly notice: (text: string) => void;
}

/** Where the process writes: the result on standard output, all else on standard error. */
export interface ProcessOutput extends Output {
  readonly colours: Colours;
  /** Writes a line on standard error as it is, but for what would steer a terminal. */
  readonly rawNotice: (line: Line) => void;
}

/** Which streams show colours. */
export interface Colours {
  readonly out: boolean;
  readonly err: boolean;
}

/** Where nothing has colours. */
export const COLOURLESS: Colours = { out: false, err: false };

/**
 * @param args of the command line
 * @param isJson whether a program reads what is written: notices are then lines of JSON too
 */
export function processOutput(args: readonly string[], isJson: boolean): ProcessOutput {
  const isColoured = (stream: MaybeTerminal): boolean => !isJson && wantsColour(stream, args, process.env);
  const colours = { out: isColoured(process.stdout), err: isColoured(process.stderr) };
  const rawNotice = (line: Line): void => {
    eraseProgress();
    process.stderr.write(`${written(line, colours.err, steady)}\n`);
  };
  return {
    colours,
    line: (line) => {
      eraseProgress();
      process.stdout.write(`${written(line, colours.out, steady)}\n`);
    },
    notice: (text) => {
      rawNotice(isJson ? JSON.stringify({ notice: text }) : `waxseal: ${text}`);
    },
    rawNotice,
  };
}

/** Controls, invisible characters, changes of direction and tags: what a terminal would act on, or hide. */
const STEERING = /(?![\n\t])[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/**
 * A text that cannot steer a terminal, whatever of it a service, a server or a payload has said. Line ends
 * and tabs stay, and JSON stays the same JSON.
 */
export function steady(text: string): string {
  return text.replace(STEERING, (found) =>
    [...Array(found.length).keys()]
      .map((index) => `\\u${found.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

/** The version of this package. */
export function version(): string {
  const text = readFileSync(join(__dirname, '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
