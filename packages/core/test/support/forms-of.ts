/** The ways in which bytes show up in text: hexadecimal, base64, Latin-1, and as decimal numbers. */
export function formsOf(bytes: Uint8Array): readonly string[] {
  const buffer = Buffer.from(bytes);
  const hex = buffer.toString('hex');
  const numbers = [...buffer];
  return [
    hex,
    hex.toUpperCase(),
    (hex.match(/../g) ?? []).join(' '),
    buffer.toString('base64').replace(/=+$/, ''),
    buffer.toString('base64url'),
    buffer.toString('latin1'),
    numbers.join(','),
    numbers.join(', '),
  ].map((form) => form.slice(0, Math.max(12, Math.floor(form.length / 2))));
}
