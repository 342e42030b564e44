/** Name of the entry that carries the AAD. Reserved: no user entry begins with `waxseal:`. */
const AAD_ENTRY = 'waxseal:aad';

/**
 * The encryption context of a wrap: the user's static entries, and the AAD in base64 with padding (RFC 4648 §4). It is
 * normative in this package's README, since other languages must send the same.
 */
export function awsKmsEncryptionContext(
  entries: Readonly<Record<string, string>>,
  aad: Uint8Array,
): Record<string, string> {
  return {
    ...entries,
    [AAD_ENTRY]: Buffer.from(aad.buffer, aad.byteOffset, aad.byteLength).toString('base64'),
  };
}
