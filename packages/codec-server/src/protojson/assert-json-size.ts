import { malformedRequest } from './malformed-request';

const MAX_DEPTH = 16;
const MAX_VALUES = 250_000;

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const OPENERS: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const CLOSERS: ReadonlySet<number> = new Set([0x5d, 0x7d]);

/**
 * Bounds the depth and the number of values of a JSON text before it is parsed: sixteen megabytes of `[` would otherwise
 * become half a gigabyte of arrays. It does not check the syntax.
 *
 * @throws RequestError 400
 */
export function assertJsonSize(json: Buffer): void {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at] ?? 0;
    if (byte === QUOTE) {
      at = endOfString(json, at);
    } else if (byte === COMMA) {
      values++;
    } else if (OPENERS.has(byte)) {
      depth++;
      values++;
    } else if (CLOSERS.has(byte)) {
      depth--;
    }
    if (depth > MAX_DEPTH) throw malformedRequest('The body', 'is nested too deeply');
    if (values > MAX_VALUES) throw malformedRequest('The body', 'holds too many values');
  }
}

/** Index of the quote that ends the string starting at `start`, or the length when there is none. */
function endOfString(json: Buffer, start: number): number {
  let end = json.indexOf(QUOTE, start + 1);
  while (end !== -1 && isEscaped(json, end)) end = json.indexOf(QUOTE, end + 1);
  return end === -1 ? json.length : end;
}

function isEscaped(json: Buffer, at: number): boolean {
  let backslashes = 0;
  while (json[at - 1 - backslashes] === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}
