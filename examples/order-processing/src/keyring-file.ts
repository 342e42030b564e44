/**
 * The key-ring file that the worker, the client and the Codec Server share: `ORDERS_KEYRING`.
 *
 * @throws Error when the variable is not set
 */
export function keyringFile(): string {
  const path = process.env['ORDERS_KEYRING'];
  if (path === undefined || path === '') {
    throw new Error('Set ORDERS_KEYRING to a key-ring file. `npx waxseal keygen keyring.json` writes one.');
  }
  return path;
}
