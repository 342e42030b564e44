import { isWaxsealError } from '@waxseal/core';

import { isErrorLike } from './is-error-like';
import { MAX_CAUSES } from './max-causes';

/** What may be said of an error in a log. */
export interface ErrorSummary {
  /** Class of the error. */
  readonly name: string;
  /** Of Waxseal's own errors only, which hold no secret. */
  readonly message?: string;
  /** `type` of an `ApplicationFailure`, `activityType`, or `code`, where there is one. */
  readonly type?: string;
  /** Stack frames, without the message above them. */
  readonly frames?: readonly string[];
  readonly cause?: ErrorSummary;
}

/** What a class may be called. An error's `name` can be set to anything. */
const CLASS_NAME = /^[\w$.]{1,100}$/;

/** An error without its message, unless it is Waxseal's own. */
export function summarizeError(error: Error, depth = 0): ErrorSummary {
  const { name, cause, stack } = error;
  const type = [
    ...('type' in error ? [error.type] : []),
    ...('activityType' in error ? [error.activityType] : []),
    ...('code' in error ? [error.code] : []),
  ].find((value) => typeof value === 'string');
  const frames = framesOf(stack, error.message);
  return {
    name: CLASS_NAME.test(name) ? name : 'Error',
    ...(isWaxsealError(error) ? { message: error.message } : {}),
    ...(type === undefined ? {} : { type }),
    ...(frames.length === 0 ? {} : { frames }),
    ...(isErrorLike(cause) && depth < MAX_CAUSES ? { cause: summarizeError(cause, depth + 1) } : {}),
  };
}

/** The frames of a stack; none where the message cannot be told from them. */
function framesOf(stack: string | undefined, message: string): string[] {
  if (stack === undefined) return [];
  const at = message === '' ? 0 : stack.indexOf(message);
  if (at < 0) return [];
  return stack
    .slice(at + message.length)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '));
}
