import type { KeyId, WrappedKey } from '@waxseal/core';

import { jsonObject, type JsonObject } from './json-object';
import { parseTransitCiphertext } from './parse-transit-ciphertext';
import { transitKeyId } from './transit-key-id';
import { VaultProtocolError } from './vault-protocol-error';

/**
 * The wrapped key in the answer to an encryption, in a fresh buffer.
 *
 * @param id of the key, without version
 * @throws VaultProtocolError when there is none in it
 */
export function wrappedKeyOf(answer: JsonObject, id: KeyId): WrappedKey {
  const { ciphertext } = jsonObject(answer['data']);
  const bytes = new TextEncoder().encode(typeof ciphertext === 'string' ? ciphertext : '');
  const parsed = parseTransitCiphertext(bytes);
  if (parsed === undefined) {
    throw new VaultProtocolError('The answer holds no ciphertext. Check that mount is a Transit engine.');
  }
  return { keyId: transitKeyId(id, parsed.version), bytes };
}
