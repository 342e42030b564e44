import type { KeyObject } from 'node:crypto';

import type { DecodingKeys } from '../data-keys/decoding-keys';
import { isWaxsealError } from '../errors/is-waxseal-error';
import type { Candidates } from './find-candidates';

/**
 * The data key of an envelope, from the key services that can unwrap it, one after the other.
 *
 * @throws KeyServiceError or DecryptionError when none did: the error that may pass, else the first
 */
export async function unwrapDataKey(candidates: Candidates, decodingKeys: DecodingKeys): Promise<KeyObject> {
  const errors: unknown[] = [];
  for (const { kek, wrapped } of candidates) {
    try {
      return await decodingKeys.unwrap(kek, wrapped);
    } catch (error) {
      errors.push(error);
    }
  }
  throw errors.find((error) => isWaxsealError(error) && error.retryable) ?? errors[0];
}
