import { createDecipheriv, createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { asBuffer } from '@waxseal/core/internal';

const VERSION = 0x80;
/** Version, time of 8 bytes, initialization vector of 16 bytes. */
const HEADER_BYTES = 1 + 8 + 16;
const MAC_BYTES = 32;
const BLOCK_BYTES = 16;
const HALF = 16;

/**
 * Opens a Fernet token (https://github.com/fernet/spec, version 0x80): AES-128-CBC, and HMAC-SHA-256 over all
 * before it, which is compared in constant time before anything is decrypted. The time is not looked at: what
 * a history holds does not expire.
 *
 * @param keys of 32 bytes, tried in their order: 16 bytes that sign and 16 that encrypt
 * @param token its text in base64url, with or without padding
 * @returns plaintext that the caller owns; `undefined` where no key opens it
 */
export function openFernet(keys: readonly KeyObject[], token: Uint8Array): Buffer | undefined {
  const text = asBuffer(token).toString('latin1');
  if (!/^[\w-]+={0,2}$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  const end = bytes.length - MAC_BYTES;
  const isWhole = end >= HEADER_BYTES + BLOCK_BYTES && (end - HEADER_BYTES) % BLOCK_BYTES === 0;
  // One token has one text: trailing bits that base64 ignores would be a change that nobody sees.
  const isCanonical = bytes.toString('base64url') === text.replace(/=+$/, '');
  if (!isWhole || !isCanonical || bytes[0] !== VERSION) return undefined;
  for (const key of keys) {
    const plaintext = openWith(key, bytes.subarray(0, end), bytes.subarray(end));
    if (plaintext !== undefined) return plaintext;
  }
  return undefined;
}

function openWith(key: KeyObject, signed: Buffer, mac: Buffer): Buffer | undefined {
  const secret = key.export();
  try {
    const expected = createHmac('sha256', secret.subarray(0, HALF)).update(signed).digest();
    if (!timingSafeEqual(expected, mac)) return undefined;
    const iv = signed.subarray(HEADER_BYTES - BLOCK_BYTES, HEADER_BYTES);
    const decipher = createDecipheriv('aes-128-cbc', secret.subarray(HALF), iv);
    const first = decipher.update(signed.subarray(HEADER_BYTES));
    try {
      return Buffer.concat([first, decipher.final()]);
    } catch {
      return undefined;
    } finally {
      first.fill(0);
    }
  } finally {
    secret.fill(0);
  }
}
