const BASE64_OF_32_BYTES = /^[A-Za-z0-9+/]{43}=?$/;

/**
 * 32 bytes from base64, padded or not.
 *
 * @returns a buffer that the caller owns, or `undefined` when `text` is anything else
 */
export function decodeKeyMaterial(text: unknown): Buffer | undefined {
  if (typeof text !== 'string' || !BASE64_OF_32_BYTES.test(text)) return undefined;
  // Buffer.from(string) may take from the shared pool, where bytes cannot be zeroed for good.
  const bytes = Buffer.alloc(32);
  return bytes.write(text, 'base64') === bytes.length ? bytes : undefined;
}
