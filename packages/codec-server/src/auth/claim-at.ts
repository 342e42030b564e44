/**
 * A claim of a token, by its own names only.
 *
 * @param path names on the way to it
 * @returns undefined when it is not there, and for an empty path
 */
export function claimAt(claims: Readonly<Record<string, unknown>>, path: readonly string[]): unknown {
  if (path.length === 0) return undefined;
  let value: unknown = claims;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}
