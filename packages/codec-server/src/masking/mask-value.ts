import type { JsonNode } from './json-node';
import type { Outcome } from './outcome';

const SIGNIFICANT = /[\p{L}\p{N}]/gu;
const INTEGER = /^-?\d+$/;
const MASKED = '"[masked]"';

/**
 * @param text the whole document
 * @returns the JSON text that stands for a value, with nothing in it of what the outcome does not show
 */
export function maskValue(
  text: string,
  node: JsonNode,
  outcome: Exclude<Outcome, { kind: 'remove' }>,
): string {
  if (outcome.kind === 'type') return `"[masked ${node.type}]"`;
  return 'count' in outcome ? part(plainText(text, node), outcome) : MASKED;
}

/** What characters are taken from; an exponent or a fraction would make the last digits others than they seem. */
function plainText(text: string, { type, start, end, value }: JsonNode): string {
  if (type === 'string') return value as string;
  const digits = type === 'number' ? text.slice(start, end) : '';
  return INTEGER.test(digits) ? digits : '';
}

function part(text: string, { kind, count }: Extract<Outcome, { count: number }>): string {
  const significant = text.match(SIGNIFICANT) ?? [];
  if (significant.length < 2 * count) return MASKED;
  return kind === 'first'
    ? JSON.stringify(`${significant.slice(0, count).join('')}****`)
    : JSON.stringify(`****${significant.slice(-count).join('')}`);
}
