import { open } from 'node:fs/promises';
import { ConfigurationError, type KeyEncryptionKey } from '@waxseal/core';
import { parseJson } from '@waxseal/core/internal';

const MOST_BYTES = 64 * 1024 * 1024;
const DAY_MS = 24 * 3600 * 1000;
/** A clock that is a little ahead is no report of the future. */
const SKEW_MS = 5 * 60 * 1000;

/**
 * Why a report of `waxseal keys usage --json` does not show that a key is needed no more, as a clause each;
 * none where it does: it is not older than a day, and knows the key and each of its versions as needed up to
 * a date that has passed.
 *
 * @param report untrusted JSON, parsed
 */
export function missingEvidence(
  report: unknown,
  key: Pick<KeyEncryptionKey, 'id' | 'owns'>,
  now: Date,
): readonly string[] {
  const { time, complete, keys } = (report ?? {}) as Readonly<Record<string, unknown>>;
  const faults: string[] = [];
  const made = timeOf(time);
  if (made === undefined) faults.push('the report does not tell its time');
  else if (made > now.getTime() + SKEW_MS) faults.push('the report is of the future');
  else if (now.getTime() - made > DAY_MS) faults.push('the report is older than a day');
  if (complete === false) faults.push('the report says that it is not complete');
  if (!Array.isArray(keys)) return [...faults, 'the report has no list of keys'];
  const own = keys.filter((entry: unknown): entry is Entry => isEntryOf(entry, key));
  if (own.length === 0) faults.push('the key is missing from the report');
  for (const { notNeededFrom } of own) {
    const from = timeOf(notNeededFrom);
    if (from === undefined) faults.push('the report has no date from which the key is not needed');
    else if (from > now.getTime()) faults.push(`the key is needed until ${new Date(from).toISOString()}`);
  }
  return [...new Set(faults)];
}

/** A key ID of payloads, and from when on nothing needs it. */
interface Entry {
  readonly id: string;
  readonly notNeededFrom?: unknown;
}

function isEntryOf(entry: unknown, key: Pick<KeyEncryptionKey, 'id' | 'owns'>): boolean {
  const { id } = (entry ?? {}) as { readonly id?: unknown };
  return typeof id === 'string' && (id === key.id || key.owns?.(id) === true);
}

function timeOf(value: unknown): number | undefined {
  // Date.parse takes far more, and reads "1" as a year.
  const isIso =
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/.test(value);
  const time = isIso ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

/** @throws ConfigurationError when the file cannot be read, is larger than 64 MiB, or is no JSON */
export async function readUsage(file: string): Promise<unknown> {
  const fail = (what: string): ConfigurationError =>
    new ConfigurationError(`--usage: ${JSON.stringify(file)} ${what}.`);
  let text: string;
  try {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      if (size > MOST_BYTES) throw fail('is larger than 64 MiB');
      text = await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw fail(`cannot be read (${code})`);
  }
  return parseJson(text, (where) => fail(`is no JSON: see ${where}`));
}
