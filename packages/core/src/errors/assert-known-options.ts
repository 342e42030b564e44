import { ConfigurationError } from './configuration-error';

/**
 * Refuses options that do not exist: a misspelt security option must not pass for an absent one.
 *
 * @param given the user's options
 * @param known names of all options
 * @param describe an option's name as it stands in the message
 * @throws ConfigurationError that names the first unknown option, and all known ones
 */
export function assertKnownOptions(
  given: object,
  known: ReadonlySet<string>,
  describe: (name: string) => string,
): void {
  const unknown = Object.keys(given).find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `${describe(unknown)} is not an option; there are ${[...known].join(', ')}.`,
    );
  }
}
