import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

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

/**
 * Finds a program on PATH.
 *
 * @param name - the file's name, without a directory
 * @param environment - holds `PATH`; the process's own when left out
 * @returns the absolute path, or `undefined` when no directory on PATH has an executable file of that name
 */
export function findOnPath(name: string, environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const fileName = process.platform === 'win32' ? `${name}.exe` : name;
  return (environment['PATH'] ?? '')
    .split(delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, fileName))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** One place that was looked at in vain. */
export interface FailedAttempt {
  /** Where it was looked for, for instance `temporal on PATH`. */
  readonly place: string;
  /** Why nothing usable was there. */
  readonly reason: string;
}

/**
 * Thrown when a service can be neither found nor installed, or does not start. Its message says what to do
 * next.
 */
export class BringUpError extends Error {
  /** Stable, machine-readable code of the error. */
  readonly code = 'WAXSEAL_BRING_UP';

  /** The places that were tried, in order; empty when the service was found but did not start. */
  readonly tried: readonly FailedAttempt[];

  /**
   * @param summary - what is missing, as one sentence
   * @param advice - what to install or to set, as one sentence
   * @param tried - the places that were tried, in order
   */
  constructor(summary: string, advice: string, tried: readonly FailedAttempt[] = []) {
    super([summary, ...tried.map(({ place, reason }) => `  - ${place}: ${reason}`), advice].join('\n'));
    this.name = 'BringUpError';
    this.tried = tried;
  }
}

/**
 * The directory that holds what was installed privately for this repository: `.cache/`, which git ignores. It
 * can be deleted at any time; `WAXSEAL_CACHE` names another one.
 *
 * @param environment - the environment to read; the process's own when left out
 * @returns an absolute path, which need not exist yet
 */
export function cacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  return resolve(repositoryRoot, environment['WAXSEAL_CACHE'] ?? '.cache');
}

/** The absolute path of the repository that this module is part of; the same from `src/` and from `dist/`. */
export const repositoryRoot: string = resolve(__dirname, '../../..');
