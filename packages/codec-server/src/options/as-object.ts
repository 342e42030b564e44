import { assertKnownOptions, ConfigurationError } from '@waxseal/core';

/**
 * An object of options with known names only.
 *
 * @param known names of all options
 * @throws ConfigurationError that names the field
 */
export function asObject(
  value: unknown,
  field: string,
  known: ReadonlySet<string>,
): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ConfigurationError(`${field} must be an object.`);
  }
  assertKnownOptions(value, known, (name) => `${field}.${name}`);
  return value as Readonly<Record<string, unknown>>;
}
