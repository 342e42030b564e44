const LABEL = Buffer.from('waxseal/v1/local-key', 'ascii');

/** The AAD of a wrap: a label, the key ID, and what the envelope gives (docs/spec/local-key.md §1). */
export function localWrapAad(keyId: string, aad: Uint8Array): Buffer {
  const id = Buffer.from(keyId, 'utf8');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(id.length);
  return Buffer.concat([LABEL, length, id, aad]);
}
