import { isWaxsealError } from '@waxseal/core';

/**
 * What may be logged of an error. The messages of Waxseal's errors are safe; of any other error only its kind is shown, because a
 * codec's message may quote what it could not read.
 */
export function detailOf(error: unknown): string {
  if (isWaxsealError(error)) return error.message;
  return error instanceof Error ? error.name : typeof error;
}
