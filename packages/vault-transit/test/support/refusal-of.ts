import type { KeyServiceError } from '@waxseal/core';

/** The `KeyServiceError` that `action` rejects with. Fails when it does not reject. */
export async function refusalOf(action: () => Promise<unknown>): Promise<KeyServiceError> {
  try {
    await action();
  } catch (error) {
    return error as KeyServiceError;
  }
  throw new Error('Nothing was thrown.');
}
