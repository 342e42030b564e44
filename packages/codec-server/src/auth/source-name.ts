import type { TokenSource } from './token-source';

/** A token source as one word, to compare it by. */
export function sourceName(source: TokenSource): string {
  return typeof source === 'string' ? source : `cookie ${source.cookie}`;
}
