const LABEL = Buffer.from('waxseal/v1/envelope', 'ascii');

/**
 * What the authentication tag covers besides the ciphertext: a label, the primary key ID and the header
 * (docs/spec/envelope.md §6).
 *
 * @param keyId UTF-8 of the primary key ID
 * @returns a fresh buffer
 */
export function envelopeAad(keyId: Uint8Array, header: Uint8Array): Buffer {
  const aad = Buffer.allocUnsafe(LABEL.length + 2 + keyId.length + header.length);
  aad.set(LABEL, 0);
  aad.writeUInt16BE(keyId.length, LABEL.length);
  aad.set(keyId, LABEL.length + 2);
  aad.set(header, LABEL.length + 2 + keyId.length);
  return aad;
}
