import type { FailedAttempt } from './bring-up-error';

/** One place to look at. */
export interface Place<T> {
  /** The place's name in messages. */
  readonly name: string;
  /** Returns what is there, or throws (or rejects with) an error whose message says why nothing usable is. */
  readonly look: () => T | Promise<T>;
}

/** What {@link findFirst} found, if anything, and the places before it that had nothing. */
export interface Found<T> {
  readonly value: T | undefined;
  readonly place: string | undefined;
  readonly tried: readonly FailedAttempt[];
}

/**
 * Looks at places in order and stops at the first that has something. Never rejects: a place that throws is
 * recorded.
 *
 * @param places - in order of preference
 */
export async function findFirst<T>(places: readonly Place<T>[]): Promise<Found<T>> {
  const tried: FailedAttempt[] = [];
  for (const { name, look } of places) {
    try {
      return { value: await look(), place: name, tried };
    } catch (error) {
      tried.push({ place: name, reason: reasonOf(error) });
    }
  }
  return { value: undefined, place: undefined, tried };
}

function reasonOf(error: unknown): string {
  const message = (error as { message?: unknown } | undefined)?.message;
  return typeof message === 'string' ? message : String(error);
}
