const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/**
 * Bytes in JSON, as base64: as protojson has them, or as `JSON.stringify` makes them of a Buffer.
 *
 * @returns undefined where the value is neither
 */
export function bytesIn(value: unknown): string | undefined {
  if (typeof value === 'string') return BASE64.test(value) ? value : undefined;
  const { type, data } = (value ?? {}) as { readonly type?: unknown; readonly data?: unknown };
  if (type !== 'Buffer' || !Array.isArray(data)) return undefined;
  return data.every(isByte) ? toBase64(Uint8Array.from(data)) : undefined;
}

function isByte(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255;
}

/** How many bytes a base64 text stands for. */
export function base64Length(base64: string): number {
  return Math.floor((base64.replace(/=+$/, '').length * 3) / 4);
}

/** Of standard or URL-safe base64, with padding or without. @throws where it is neither */
export function ofBase64(base64: string): Uint8Array {
  const standard = base64.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  return Uint8Array.from(atob(standard), (character) => character.charCodeAt(0));
}

/** Bytes as standard base64. */
export function toBase64(bytes: Uint8Array): string {
  // In parts: a call takes some ten thousand arguments at the most.
  let binary = '';
  for (let at = 0; at < bytes.length; at += 4096) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 4096));
  }
  return btoa(binary);
}

/** Bytes as base64 for URLs (RFC 4648 §5), without padding. */
export function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** The text that a base64 text stands for, what is no UTF-8 replaced; empty where it is no base64. */
export function textOfBase64(base64: string): string {
  try {
    return new TextDecoder().decode(ofBase64(base64));
  } catch {
    return '';
  }
}
