import type { WrappedKey } from '../key-encryption-key/wrapped-key';

/**
 * The last part of a header: the count, then the wrapped keys, the first without its key ID (docs/spec/envelope.md §3.4).
 *
 * @param wrappedKeys one to eight, within the format's limits
 * @returns a fresh buffer
 */
export function serializeWrappedKeys(wrappedKeys: readonly [WrappedKey, ...WrappedKey[]]): Buffer {
  const parts: Uint8Array[] = [Uint8Array.of(wrappedKeys.length)];
  wrappedKeys.forEach(({ keyId, bytes }, index) => {
    if (index > 0) {
      const id = Buffer.from(keyId, 'utf8');
      parts.push(u16(id.length), id);
    }
    parts.push(u16(bytes.length), bytes);
  });
  return Buffer.concat(parts);
}

function u16(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(2);
  bytes.writeUInt16BE(value, 0);
  return bytes;
}
