import { ConfigurationError } from '@waxseal/core';

import type { LocalKeyOptions } from './local-key-options';

/** @throws ConfigurationError when `options` are neither of the two forms, or have a field that neither has */
export function assertLocalKeyOptions(options: LocalKeyOptions): void {
  // Callers from JavaScript can hand over anything.
  const given: Readonly<Record<string, unknown>> = { ...(options as LocalKeyOptions | undefined) };
  const names = 'key' in given ? ['id', 'key'] : ['id', 'versions', 'primaryVersion'];
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `LocalKey: ${JSON.stringify(unknown)} is not an option beside ${names.join(', ')}.`,
    );
  }
  const { versions } = given;
  if (!('key' in given) && (typeof versions !== 'object' || versions === null)) {
    throw new ConfigurationError(
      'LocalKey: give { id, key } with a key of 32 bytes, or { id, versions, primaryVersion }.',
    );
  }
}
