import { isUtf8 } from 'node:buffer';

import { asBuffer } from './as-buffer';

/**
 * Decodes UTF-8 strictly: unlike a `Buffer`'s own `toString`, ill-formed input gives no replacement characters.
 *
 * @returns the text, or `undefined` when `bytes` is not well-formed UTF-8
 */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  return isUtf8(bytes) ? asBuffer(bytes).toString('utf8') : undefined;
}
