import { ConfigurationError } from '@waxseal/core';

/**
 * Imports packages when they are asked for, so that nobody installs what is not used.
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
    const { code, message } = cause as NodeJS.ErrnoException;
    const isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
    if (!isMissing || !packages.some((name) => message.includes(name))) throw cause;
    throw new ConfigurationError(
      `${user} needs packages that are not installed: npm install ${packages.join(' ')}`,
    );
  }
}
