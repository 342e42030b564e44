import type { WaxsealError } from './waxseal-error';

/**
 * Whether `error` is a Waxseal error, decided by its `code`, so that it also holds for an error from a second copy of
 * this package or from another realm.
 */
export function isWaxsealError(error: unknown): error is WaxsealError {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    typeof error.code === 'string' &&
    error.code.startsWith('WAXSEAL_') &&
    'retryable' in error
  );
}
