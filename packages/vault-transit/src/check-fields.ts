import { ConfigurationError } from '@waxseal/core';

import { jsonObject, type JsonObject } from './json-object';

/**
 * The fields of an option that is an object.
 *
 * @param field name of the option, for the message
 * @throws ConfigurationError when there is a field that is not among `names`
 */
export function checkFields(value: unknown, field: string, names: readonly string[]): JsonObject {
  const given = jsonObject(value);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `VaultTransitKey: ${JSON.stringify(unknown)} is not one of ${field}: ${names.join(', ')}.`,
    );
  }
  return given;
}
