import { malformedRequest } from './malformed-request';

const NOT_STANDARD = /[^A-Za-z0-9+/]/;
const NOT_URL_SAFE = /[^A-Za-z0-9_-]/;

/**
 * Decodes base64 as protojson allows it: the standard or the URL-safe alphabet, with padding or without.
 *
 * `Buffer` skips characters that it does not know, so the text is checked first.
 *
 * @returns a fresh buffer
 * @throws RequestError 400 that names `where`
 */
export function decodeBase64(value: unknown, where: string): Uint8Array {
  if (typeof value !== 'string') throw malformedRequest(where, 'must be a base64 string');
  const padding = value.endsWith('==') ? 2 : value.endsWith('=') ? 1 : 0;
  const digits = value.slice(0, value.length - padding);
  const known = !NOT_STANDARD.test(digits) || !NOT_URL_SAFE.test(digits);
  const whole = padding === 0 ? digits.length % 4 !== 1 : value.length % 4 === 0;
  if (!known || !whole) throw malformedRequest(where, 'is not valid base64');
  return Buffer.from(digits, 'base64');
}
