import { ofBase64, textOfBase64 } from './bytes';
import type { SentPayload } from './history';

/** The content of a decoded payload for people: JSON is indented, text is as it is, other bytes in hex. */
export function plainTextOf({ metadata, data }: Partial<SentPayload>): string {
  const encoding = textOfBase64(metadata?.['encoding'] ?? '');
  if (encoding === 'binary/null') return 'null';
  const bytes = ofBase64(data ?? '');
  const text = utf8Of(bytes);
  if (text === undefined) return hexOf(bytes);
  return encoding.startsWith('json/') && isJson(text) ? indentJson(text) : text;
}

function utf8Of(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Indents JSON and changes nothing else: numbers stay as they are written, which JavaScript's may not hold.
 *
 * @param json valid
 */
export function indentJson(json: string): string {
  let depth = 0;
  const line = (): string => `\n${'  '.repeat(Math.min(depth, 50))}`;
  return json.replace(TOKEN, (token, text: string | undefined, empty: string | undefined) => {
    if (text !== undefined) return text;
    if (empty !== undefined) return empty.replace(/\s+/g, '');
    const mark = token.trim();
    if (mark === '{' || mark === '[') {
      depth++;
      return `${mark}${line()}`;
    }
    if (mark === '}' || mark === ']') {
      depth--;
      return `${line()}${mark}`;
    }
    return mark === ',' ? `,${line()}` : mark === ':' ? ': ' : '';
  });
}

/** A text, an empty list or object, and marks with the space around them. */
const TOKEN = /("(?:[^"\\]|\\.)*")|([[{]\s*[\]}])|[{}[\],:]|\s+/g;

const MOST_HEX_BYTES = 4096;

function hexOf(bytes: Uint8Array): string {
  const shown = bytes.subarray(0, MOST_HEX_BYTES);
  const lines: string[] = [];
  for (let at = 0; at < shown.length; at += 16) {
    const pairs = Array.from(shown.subarray(at, at + 16), (byte) => byte.toString(16).padStart(2, '0'));
    lines.push(`${at.toString(16).padStart(8, '0')}  ${pairs.join(' ')}`);
  }
  const more = bytes.length - shown.length;
  return `${lines.join('\n')}${more > 0 ? `\n… ${String(more)} more bytes` : ''}`;
}
