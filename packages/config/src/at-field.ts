import { ConfigurationError } from '@waxseal/core';

/**
 * What `make` gives. A complaint of its names where the value stands, which it does not know itself.
 *
 * @param field the variable, the field of a file, or the file
 */
export async function atField<T>(field: string, make: () => T | Promise<T>): Promise<T> {
  try {
    return await make();
  } catch (cause) {
    if (!(cause instanceof ConfigurationError)) throw cause;
    throw new ConfigurationError(`${field}: ${cause.message}`, { cause });
  }
}
