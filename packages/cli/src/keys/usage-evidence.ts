import { open } from 'node:fs/promises';
import { ConfigurationError, type KeyEncryptionKey } from '@waxseal/core';
import { parseJson } from '@waxseal/core/internal';
import { NO_KEY_NAMED } from '../scan/payload-format';

const MOST_BYTES = 64 * 1024 * 1024;
const DAY_MS = 24 * 3600 * 1000;
/** A clock that is a little ahead is no report of the future. */
const SKEW_MS = 5 * 60 * 1000;

/** A key, as far as a report may name it. */
type NamedKey = Pick<KeyEncryptionKey, 'id' | 'owns'>;

/**
 * Why reports of `waxseal keys usage --json` do not show that a key is needed no more, as a clause each; none
 * where they do: each is complete and not older than a day, and knows the key and each of its versions, where
 * it names them, as needed up to a moment that has passed.
 *
 * @param reports untrusted JSON, parsed: one for each namespace or archive
 * @param mayBeMissing whether it will do that no report names the key
 */
export function missingEvidence(
  reports: readonly unknown[],
  key: NamedKey,
  now: Date,
  mayBeMissing = false,
): readonly string[] {
  const entries = reports.flatMap((report) => entriesOf(report, key));
  const faults = [
    ...reports.flatMap((report) => [...faultsOf(report, now), ...untoldIn(report, key)]),
    ...(entries.length === 0 && !mayBeMissing ? [MISSING] : []),
  ];
  for (const { notNeededFrom } of entries) {
    const from = timeOf(notNeededFrom);
    if (from === undefined) faults.push('a report has no moment from which the key is not needed');
    else if (from > now.getTime()) faults.push(`the key is needed until ${new Date(from).toISOString()}`);
  }
  return [...new Set(faults)];
}

const MISSING =
  'no report names the key. Where the reports are of all places that it was used in, nothing there needs it: add --allow-missing';

function faultsOf(report: unknown, now: Date): readonly string[] {
  const { asOf, time = asOf, complete, keys } = fieldsOf(report);
  const made = timeOf(time);
  const faults: string[] = [];
  if (made === undefined) faults.push('a report does not tell its time');
  else if (made > now.getTime() + SKEW_MS) faults.push('a report is of the future');
  else if (now.getTime() - made > DAY_MS) faults.push('a report is older than a day');
  if (complete === false) faults.push('a report says that it is not complete');
  if (!Array.isArray(keys)) faults.push('a report has no list of keys');
  return faults;
}

/** What may need the key beside the payloads that are known to name it. */
function untoldIn(report: unknown, key: NamedKey): readonly string[] {
  const { keys, elsewhere, unseen, malformed } = fieldsOf(report);
  const namesIn = (list: unknown): readonly unknown[] =>
    Array.isArray(list) ? list.map((each) => fieldsOf(each)['id'] ?? fieldsOf(each)['name']) : [];
  const isOf = (name: unknown): boolean =>
    typeof name === 'string' && (name === NO_KEY_NAMED || name === key.id || key.owns?.(name) === true);
  const isUntold =
    namesIn(elsewhere).length > 0 ||
    namesIn(unseen).length > 0 ||
    namesIn(keys).includes(NO_KEY_NAMED) ||
    namesIn(malformed).some(isOf);
  return isUntold ? ['a report has payloads that may need the key, and do not tell'] : [];
}

function entriesOf(report: unknown, key: NamedKey): readonly Entry[] {
  const { keys } = fieldsOf(report);
  return Array.isArray(keys)
    ? keys.filter((entry: unknown): entry is Entry => {
        const { id } = fieldsOf(entry);
        return typeof id === 'string' && (id === key.id || key.owns?.(id) === true);
      })
    : [];
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** A key ID of payloads, and from when on nothing needs it. */
interface Entry {
  readonly id: string;
  readonly notNeededFrom?: unknown;
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
