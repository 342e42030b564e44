import { needleForms } from './needle-forms';
import type { NeedleForm } from './needle-forms';

/** One place where a needle was found. */
export interface Hit {
  readonly needle: string;
  /** How it was written there. */
  readonly form: NeedleForm;
  /** In bytes from the start. */
  readonly offset: number;
  /** In bytes, as written there. */
  readonly length: number;
}

/**
 * Searches bytes for texts, in all the forms of {@link needleForms}.
 *
 * @param bytes - only read
 * @param needles - texts of at least four characters
 * @returns all places, in order of needle and form; empty when nothing was found
 */
export function searchBytes(bytes: Uint8Array, needles: readonly string[]): Hit[] {
  const haystack = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hits: Hit[] = [];
  for (const needle of needles) {
    for (const { form, bytes: wanted } of needleForms(needle)) {
      for (let at = haystack.indexOf(wanted); at !== -1; at = haystack.indexOf(wanted, at + 1)) {
        hits.push({ needle, form, offset: at, length: wanted.length });
      }
    }
  }
  return hits;
}
