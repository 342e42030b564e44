/** Bytes of a secret that are enough to know it by; a multiple of three, so that base64 keeps their text. */
const KNOWN_BY_BYTES = 12;

/**
 * The ways in which a text may show bytes.
 *
 * @param secret 12 bytes or more, random: what is looked for is its beginning
 */
export function secretForms(secret: Uint8Array): readonly string[] {
  const start = Buffer.from(secret.subarray(0, KNOWN_BY_BYTES));
  const hex = start.toString('hex');
  return [
    hex,
    hex.toUpperCase(),
    hex.replace(/(..)(?!$)/g, '$1 '),
    start.toString('base64'),
    start.toString('base64url'),
    start.toString('latin1'),
    [...start].join(','),
    [...start].join(', '),
  ];
}
