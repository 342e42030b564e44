import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a command writes. */
export interface Output {
  /** Writes one line of result. */
  readonly line: (text: string) => void;
  /** Writes one line for the operator, kept apart from the result. */
  readonly notice: (text: string) => void;
}

/** The version of this package. */
export function version(): string {
  const text = readFileSync(join(__dirname, '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
