import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { escapeUnprintable } from '@waxseal/core/internal';

/** Where a command writes. */
export interface Output {
  /** Writes one line of result. */
  readonly line: (text: string) => void;
  /** Writes one line for the operator, kept apart from the result. */
  readonly notice: (text: string) => void;
}

/** Text from a payload as a quoted string that cannot steer a terminal. */
export function printable(text: string): string {
  return escapeUnprintable(JSON.stringify(text));
}

/** The version of this package. */
export function version(): string {
  const text = readFileSync(join(__dirname, '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
