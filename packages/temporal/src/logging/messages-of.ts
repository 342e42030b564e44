import { isWaxsealError } from '@waxseal/core';

import { MAX_CAUSES } from './max-causes';
import { isErrorLike } from './is-error-like';

/** The messages of an error, of its causes and of the errors that it gathers, but for Waxseal's own and empty ones. */
export function messagesOf(error: Error, depth = 0): string[] {
  const own = error.message === '' || isWaxsealError(error) ? [] : [error.message];
  if (depth === MAX_CAUSES) return own;
  const gathered: unknown[] = 'errors' in error && Array.isArray(error.errors) ? error.errors : [];
  const inner = [error.cause, ...gathered].flatMap((value) => {
    if (isErrorLike(value)) return messagesOf(value, depth + 1);
    return typeof value === 'string' && value !== '' ? [value] : [];
  });
  return [...own, ...inner];
}
