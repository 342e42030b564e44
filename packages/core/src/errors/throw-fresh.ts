import { isWaxsealError } from './is-waxseal-error';

/**
 * A copy of an error of Waxseal's, and any other as it is. For an error that several callers get: Temporal's SDK writes into the
 * one that it is given.
 */
export function copyOf(error: unknown): Error {
  if (!isWaxsealError(error)) return error as Error;
  return Object.create(
    Object.getPrototypeOf(error) as object,
    Object.getOwnPropertyDescriptors(error),
  ) as Error;
}

/** Throws {@link copyOf} an error. */
export function throwFresh(error: unknown): never {
  throw copyOf(error);
}
