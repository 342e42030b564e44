import { escapeUnprintable } from '@waxseal/core/internal';
import type { Output } from './output';

/**
 * Prints one array of JSON element by element, as `JSON.stringify` would with an indent of two: for results
 * that are read one after the other, and may be more than memory holds.
 */
export class JsonArray {
  readonly #line: Output['line'];
  #last: string | undefined;

  constructor(line: Output['line']) {
    this.#line = line;
  }

  add(value: object): void {
    if (this.#last === undefined) this.#line('[');
    this.#print(',');
    this.#last = `  ${escapeUnprintable(JSON.stringify(value, undefined, 2)).replaceAll('\n', '\n  ')}`;
  }

  end(): void {
    if (this.#last === undefined) {
      this.#line('[]');
      return;
    }
    this.#print('');
    this.#line(']');
  }

  #print(comma: string): void {
    if (this.#last !== undefined) this.#line(`${this.#last}${comma}`);
  }
}
