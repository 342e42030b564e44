import { createSecretKey, randomBytes } from 'node:crypto';

import { DATA_KEY_BYTES } from '../envelope/format';
import type { GuardedRequestOptions } from '../keyring/guarded-key';
import type { Keyring } from '../keyring/keyring';
import { DataKey } from './data-key';

/**
 * Makes a data key and has it wrapped. The raw bytes are zeroed before this settles; the key lives on in a `KeyObject`.
 *
 * @param createdAtMs the clock's time when the wrap was asked for, so that waiting counts as age
 * @throws KeyServiceError and ConfigurationError, as `Keyring.wrap` does
 */
export async function createDataKey(
  keyring: Keyring,
  createdAtMs: number,
  options: GuardedRequestOptions,
): Promise<DataKey> {
  // randomBytes gives a slice of no pool: zeroing it zeroes the only copy.
  const bytes = randomBytes(DATA_KEY_BYTES);
  try {
    const secret = createSecretKey(bytes);
    const wrappedKeys = await keyring.wrap(bytes, options);
    return new DataKey(secret, wrappedKeys, createdAtMs);
  } finally {
    bytes.fill(0);
  }
}
