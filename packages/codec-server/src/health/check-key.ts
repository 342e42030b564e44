import { isWaxsealError, KeyServiceError, WRAP_AAD, type KeyringEntry } from '@waxseal/core';

/** What a check of a key says: it can be used, its service does not answer, or it refuses. */
export type KeyState = 'usable' | 'unavailable' | 'refused';

const OUTAGE: ReadonlySet<string> = new Set(['throttled', 'unavailable', 'timeout']);

/**
 * Asks the service of a key whether it can be used, without encrypting or decrypting anything. A provider that cannot ask
 * counts as usable.
 *
 * @param signal ends the question
 */
export async function checkKey({ key, role }: KeyringEntry, signal: AbortSignal): Promise<KeyState> {
  try {
    if (key.checkPermissions !== undefined) {
      const { wrap, unwrap } = await key.checkPermissions(WRAP_AAD, { signal });
      const refusals = [unwrap, ...(role === 'decryptOnly' ? [] : [wrap])].flatMap((permission) =>
        permission.allowed === false ? [permission.error] : [],
      );
      if (refusals.length > 0) return refusals.some(isOutage) ? 'unavailable' : 'refused';
    }
    if (key.describe !== undefined && !(await key.describe({ signal })).isUsable) return 'refused';
    return 'usable';
  } catch (error) {
    return isOutage(error) || !isWaxsealError(error) ? 'unavailable' : 'refused';
  }
}

function isOutage(error: unknown): boolean {
  return error instanceof KeyServiceError && OUTAGE.has(error.reason);
}
