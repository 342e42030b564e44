import { isPauseDue } from '@waxseal/core';
import type { JsonNode } from './json-document';
import type { Outcome } from './outcome';
import type { Steps } from './steps';

const SIGNIFICANT = /[\p{L}\p{N}]/gu;
const CHARACTERS_AT_ONCE = 4_096;
const LOW_SURROGATE = /^[\udc00-\udfff]/;
const INTEGER = /^-?\d+$/;
const MASKED = '"[masked]"';

type Part = Extract<Outcome, { count: number }>;

/**
 * @param text the whole document
 * @returns the JSON text that stands for a value, with nothing in it of what the outcome does not show
 */
export function* maskValue(
  text: string,
  node: JsonNode,
  outcome: Exclude<Outcome, { kind: 'remove' }>,
): Steps<string> {
  if (outcome.kind === 'type') return `"[masked ${node.type}]"`;
  if (!('count' in outcome)) return MASKED;
  const { kind, count } = outcome;
  const significant = yield* significantOf(plainText(text, node), kind, 2 * count);
  if (significant.length < 2 * count) return MASKED;
  return kind === 'first'
    ? JSON.stringify(`${significant.slice(0, count).join('')}****`)
    : JSON.stringify(`****${significant.slice(-count).join('')}`);
}

/** What characters are taken from; an exponent or a fraction would make the last digits others than they seem. */
function plainText(text: string, { type, start, end, value }: JsonNode): string {
  if (type === 'string') return value as string;
  const digits = type === 'number' ? text.slice(start, end) : '';
  return INTEGER.test(digits) ? digits : '';
}

/** The first or last letters and digits of a text, in their order: `enough` of them or more, or all there are. */
function* significantOf(text: string, kind: Part['kind'], enough: number): Steps<readonly string[]> {
  let found: string[] = [];
  let [start, end] = kind === 'first' ? [0, 0] : [text.length, text.length];
  while (found.length < enough && (kind === 'first' ? end < text.length : start > 0)) {
    if (isPauseDue()) yield;
    if (kind === 'first') {
      start = end;
      end = wholeCharacter(text, Math.min(end + CHARACTERS_AT_ONCE, text.length));
      found.push(...(text.slice(start, end).match(SIGNIFICANT) ?? []));
    } else {
      end = start;
      start = wholeCharacter(text, Math.max(start - CHARACTERS_AT_ONCE, 0));
      found = [...(text.slice(start, end).match(SIGNIFICANT) ?? []), ...found];
    }
  }
  return found;
}

/** `at`, or the place after the character that it is in the middle of. */
function wholeCharacter(text: string, at: number): number {
  return at > 0 && LOW_SURROGATE.test(text.slice(at, at + 1)) ? at + 1 : at;
}
