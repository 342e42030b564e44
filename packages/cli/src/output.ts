import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a command writes. */
export interface Output {
  /** Writes one line of result. */
  readonly line: (text: string) => void;
  /** Writes one line for the operator, kept apart from the result. */
  readonly notice: (text: string) => void;
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

/** The exit code where something was found that was not to be, as plaintext. What could not be done is 1. */
export const FOUND = 3;

/** The version of this package. */
export function version(): string {
  const text = readFileSync(join(__dirname, '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
