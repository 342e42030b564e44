import { ConfigurationError } from '../errors/configuration-error';

/**
 * Identifies one key-encryption key, or one version of it. 1 to 1,024 bytes of UTF-8 without control characters, written
 * in clear into each envelope and into `metadata["encryption-key-id"]` (docs/spec/envelope.md §3).
 */
export type KeyId = string;

/** Largest key ID, in bytes of UTF-8. */
export const MAX_KEY_ID_BYTES = 1024;

// A key ID is shown in terminals, logs and the Web UI.
// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f]/;

/** Whether `value` can stand as a key ID in an envelope. */
export function isKeyId(value: unknown): value is KeyId {
  return (
    typeof value === 'string' &&
    value.length > 0 &&
    value.isWellFormed() &&
    !FORBIDDEN.test(value) &&
    Buffer.byteLength(value) <= MAX_KEY_ID_BYTES
  );
}

/**
 * @param field name of the option, for the message
 * @throws {@link ConfigurationError} when `value` cannot stand as a key ID
 */
export function assertKeyId(value: unknown, field: string): asserts value is KeyId {
  if (!isKeyId(value)) {
    throw new ConfigurationError(
      `${field} must be a string of 1 to ${String(MAX_KEY_ID_BYTES)} bytes of UTF-8 without control characters.`,
    );
  }
}
