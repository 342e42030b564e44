/** An encryption context as bytes that two contexts share only if they have the same entries, in whatever order. */
export function encryptionContextAad(context: Readonly<Record<string, string>>): Buffer {
  const entries = Object.entries(context).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Buffer.from(JSON.stringify(entries), 'utf8');
}
