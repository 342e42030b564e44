import { explainMissing } from '@waxseal/core/provider';

/**
 * Imports packages when they are asked for, so that what is not used need not be installed.
 *
 * @param user what needs them, as the subject of the message
 * @param packages what `load` imports
 * @throws ConfigurationError with the line that installs the packages, when one of them is missing
 */
export async function importOptional<T>(
  user: string,
  packages: readonly string[],
  load: () => Promise<T>,
): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw explainMissing(cause, user, packages);
  }
}
