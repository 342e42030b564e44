import { createDecipheriv, timingSafeEqual, type KeyObject } from 'node:crypto';

import type { Envelope } from '../envelope/envelope';
import { envelopeAad } from '../envelope/envelope-aad';
import { TAG_BYTES } from '../envelope/format';
import { DecryptionError } from '../errors/decryption-error';
import { NONCE } from './nonce';
import { derivePayloadKeys } from './payload-keys';

/**
 * Opens an envelope: compares the commitment in constant time, then decrypts and verifies (docs/spec/envelope.md §6).
 *
 * @param dataKey 32 bytes
 * @param keyId UTF-8 of the primary key ID, as the payload's metadata holds it
 * @returns the plaintext in a fresh buffer that the caller owns
 * @throws DecryptionError whatever is wrong
 */
export function open(envelope: Envelope, dataKey: KeyObject, keyId: Uint8Array): Buffer {
  const { contentKey, commitment } = derivePayloadKeys(dataKey, envelope.salt);
  if (!timingSafeEqual(commitment, envelope.commitment)) {
    contentKey.fill(0);
    throw new DecryptionError();
  }
  const decipher = createDecipheriv('aes-256-gcm', contentKey, NONCE, { authTagLength: TAG_BYTES });
  contentKey.fill(0);
  decipher.setAAD(envelopeAad(keyId, envelope.header));
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
