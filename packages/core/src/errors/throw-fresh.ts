import { isWaxsealError } from './is-waxseal-error';

/**
 * Throws a copy of an error of Waxseal's, and any other as it is. For an error that several callers get: Temporal's SDK writes
 * into the one that it is given.
 */
export function throwFresh(error: unknown): never {
  if (!isWaxsealError(error)) throw error;
  throw Object.create(
    Object.getPrototypeOf(error) as object,
    Object.getOwnPropertyDescriptors(error),
  ) as Error;
}
