import type { GcpBytes } from './gcp-kms-client';

/** Bytes of an answer; text is base64. None are empty bytes. */
export function bytesOf(bytes: GcpBytes): Uint8Array {
  if (typeof bytes === 'string') return Buffer.from(bytes, 'base64');
  return bytes ?? new Uint8Array(0);
}
