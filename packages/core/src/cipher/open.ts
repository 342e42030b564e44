import { createDecipheriv, timingSafeEqual, type KeyObject } from 'node:crypto';

import type { Envelope } from '../envelope/envelope';
import { envelopeAad } from '../envelope/envelope-aad';
import { TAG_BYTES } from '../envelope/format';
import { DecryptionError } from '../errors/decryption-error';
import { NONCE } from './nonce';
import { withPayloadKeys } from './with-payload-keys';

/**
 * Opens an envelope: compares the commitment in constant time, then decrypts and verifies (docs/spec/envelope.md §6).
 *
 * @param dataKey 32 bytes
 * @param keyId UTF-8 of the primary key ID, as the payload's metadata holds it
 * @returns the plaintext in a fresh buffer that the caller owns
 * @throws DecryptionError whatever is wrong
 */
export function open(envelope: Envelope, dataKey: KeyObject, keyId: Uint8Array): Buffer {
  const decipher = withPayloadKeys(dataKey, envelope.salt, ({ contentKey, commitment }) => {
    if (!timingSafeEqual(commitment, envelope.commitment)) throw new DecryptionError();
    return createDecipheriv('aes-256-gcm', contentKey, NONCE, { authTagLength: TAG_BYTES });
  });
  const { aad, headerAt } = envelopeAad(keyId, envelope.header.length);
  aad.set(envelope.header, headerAt);
  decipher.setAAD(aad);
  decipher.setAuthTag(envelope.tag);
  const plaintext = decipher.update(envelope.ciphertext);
  try {
    decipher.final();
  } catch {
    plaintext.fill(0);
    throw new DecryptionError();
  }
  return plaintext;
}
