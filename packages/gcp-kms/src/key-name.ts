/** Between the name of a key and the number of a version of it. */
export const VERSIONS = '/cryptoKeyVersions/';

const KEY_NAME =
  /^projects\/[a-z0-9][a-z0-9.:-]{0,127}\/locations\/[a-z0-9-]{1,63}\/keyRings\/[a-zA-Z0-9_-]{1,63}\/cryptoKeys\/[a-zA-Z0-9_-]{1,63}$/;
const VERSION = /^[1-9]\d{0,18}$/;

/** Whether `value` is the resource name of a key. */
export function isKeyName(value: unknown): value is string {
  return typeof value === 'string' && KEY_NAME.test(value);
}

/** Whether `value` is the resource name of a version of some key, or was meant to be. */
export function isVersionName(value: unknown): boolean {
  return typeof value === 'string' && isKeyName(value.split(VERSIONS)[0]) && value.includes(VERSIONS);
}

/**
 * The number of the version of `key` that `name` names.
 *
 * @param key a key's resource name, or the name that is recorded instead
 * @returns `undefined` when it is no version of that key
 */
export function versionOf(key: string, name: unknown): string | undefined {
  const prefix = `${key}${VERSIONS}`;
  if (typeof name !== 'string' || !name.startsWith(prefix)) return undefined;
  const version = name.slice(prefix.length);
  return VERSION.test(version) ? version : undefined;
}
