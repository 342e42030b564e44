import { ConfigurationError } from '../errors/configuration-error';
import {
  CONTEXT_KEY_PATTERN,
  MAX_CONTEXT_BYTES,
  MAX_CONTEXT_ENTRIES,
  MAX_CONTEXT_KEY_BYTES,
  MAX_CONTEXT_VALUE_BYTES,
  type EncryptionContext,
} from './encryption-context';

/**
 * The one encoding of a context: entries in ascending order of their keys (docs/spec/envelope.md §3.3).
 *
 * @returns a fresh buffer, empty for an empty context
 * @throws ConfigurationError when a key or a value is outside the format's limits
 */
export function serializeEncryptionContext(context: EncryptionContext): Buffer {
  if (context.size > MAX_CONTEXT_ENTRIES) {
    throw new ConfigurationError(
      `An encryption context has at most ${String(MAX_CONTEXT_ENTRIES)} entries, and this one has ${String(context.size)}.`,
    );
  }
  // Keys are ASCII, so the order of UTF-16 code units is the order of bytes.
  const keys = [...context.keys()].sort();
  const parts: Buffer[] = [];
  for (const key of keys) {
    const value = context.get(key) ?? '';
    if (!CONTEXT_KEY_PATTERN.test(key) || key.length > MAX_CONTEXT_KEY_BYTES) {
      throw new ConfigurationError(
        `Encryption context: the key ${JSON.stringify(key)} must match [a-z][a-z0-9-]* and have at most ${String(MAX_CONTEXT_KEY_BYTES)} bytes.`,
      );
    }
    parts.push(lengthPrefixed(key), lengthPrefixed(checkedValue(key, value)));
  }
  const bytes = Buffer.concat(parts);
  if (bytes.length > MAX_CONTEXT_BYTES) {
    throw new ConfigurationError(
      `An encryption context has at most ${String(MAX_CONTEXT_BYTES)} bytes, and this one has ${String(bytes.length)}.`,
    );
  }
  return bytes;
}

function checkedValue(key: string, value: string): string {
  if (!value.isWellFormed() || Buffer.byteLength(value) > MAX_CONTEXT_VALUE_BYTES) {
    throw new ConfigurationError(
      `Encryption context: the value of ${JSON.stringify(key)} must be well-formed and have at most ${String(MAX_CONTEXT_VALUE_BYTES)} bytes of UTF-8.`,
    );
  }
  return value;
}

function lengthPrefixed(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const bytes = Buffer.allocUnsafe(2 + length);
  bytes.writeUInt16BE(length, 0);
  bytes.write(text, 2, 'utf8');
  return bytes;
}
