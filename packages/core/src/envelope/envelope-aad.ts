const LABEL = Buffer.from('waxseal/v1/envelope', 'ascii');

/** An AAD whose last part, the header, is still to be written. */
export interface EnvelopeAad {
  readonly aad: Buffer;
  /** Where the header begins. */
  readonly headerAt: number;
}

/**
 * What the authentication tag covers besides the ciphertext: a label, the primary key ID and the header
 * (docs/spec/envelope.md §6).
 *
 * @param keyId UTF-8 of the primary key ID
 * @returns a fresh buffer, with room for the header
 */
export function envelopeAad(keyId: Uint8Array, headerLength: number): EnvelopeAad {
  const headerAt = LABEL.length + 2 + keyId.length;
  const aad = Buffer.allocUnsafe(headerAt + headerLength);
  aad.set(LABEL, 0);
  aad.writeUInt16BE(keyId.length, LABEL.length);
  aad.set(keyId, LABEL.length + 2);
  return { aad, headerAt };
}
