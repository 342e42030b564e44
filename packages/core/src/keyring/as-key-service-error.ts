import { isWaxsealError } from '../errors/is-waxseal-error';
import { KeyServiceError } from '../errors/key-service-error';
import type { KeyId } from '../key-encryption-key/key-id';

/**
 * Asks a provider, and makes a `KeyServiceError` of what it rejects with where it breaks its contract and rejects with
 * something else. The original is the `cause`.
 *
 * @throws KeyServiceError, or another error of Waxseal's as it is
 */
export async function asKeyServiceError<T>(keyId: KeyId, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (cause) {
    if (isWaxsealError(cause)) throw cause;
    throw new KeyServiceError(keyId, 'unknown', { cause });
  }
}
