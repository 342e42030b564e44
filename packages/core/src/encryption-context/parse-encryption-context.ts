import { ByteReader } from '../bytes/byte-reader';
import { MalformedEnvelopeError } from '../errors/malformed-envelope-error';
import {
  CONTEXT_KEY_PATTERN,
  MAX_CONTEXT_ENTRIES,
  MAX_CONTEXT_KEY_BYTES,
  MAX_CONTEXT_VALUE_BYTES,
  type EncryptionContext,
} from './encryption-context';

/**
 * Reads the only encoding that a context has (docs/spec/envelope.md §3.3).
 *
 * @param bytes the context's bytes and nothing else
 * @throws MalformedEnvelopeError
 */
export function parseEncryptionContext(bytes: Uint8Array): EncryptionContext {
  const reader = new ByteReader(bytes);
  const context = new Map<string, string>();
  let previous = '';
  while (reader.remaining > 0) {
    if (context.size === MAX_CONTEXT_ENTRIES) {
      throw new MalformedEnvelopeError(
        `Encryption context: more than ${String(MAX_CONTEXT_ENTRIES)} entries.`,
      );
    }
    const key = reader.readPrefixedText(1, MAX_CONTEXT_KEY_BYTES, 'Encryption context key');
    if (!CONTEXT_KEY_PATTERN.test(key)) {
      throw new MalformedEnvelopeError('Encryption context: a key does not match [a-z][a-z0-9-]*.');
    }
    if (key <= previous) {
      throw new MalformedEnvelopeError('Encryption context: the keys are not in strictly ascending order.');
    }
    context.set(key, reader.readPrefixedText(0, MAX_CONTEXT_VALUE_BYTES, 'Encryption context value'));
    previous = key;
  }
  return context;
}
