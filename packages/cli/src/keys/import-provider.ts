import { ConfigurationError } from '@waxseal/core';

/**
 * Imports a provider when a key of it is asked for, so that nobody installs what is not used.
 *
 * @param scheme of the key's URI, for the message
 * @param packages what `load` imports
 * @throws ConfigurationError with the line that installs the packages, when one of them is missing
 */
export async function importProvider<T>(
  scheme: string,
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
      `Keys of ${scheme}// need packages that are not installed: npm install ${packages.join(' ')}`,
    );
  }
}
