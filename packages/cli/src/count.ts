import { EXIT } from './failure/exit-codes';
import { countPayloads, type PayloadCounts } from './count-payloads';
import { historiesInFiles } from './scan/history-files';
import { namespaceHistories } from './namespace-histories';
import type { Output } from './output';
import { UsageError } from './failure/command-errors';
import { printable } from './printable';
import { bad, good, type Line } from './terminal/colour';
import { withProgress } from './terminal/progress';

/** Options of `waxseal count`. */
export interface CountOptions {
  readonly temporal?: true;
  readonly query: string;
  readonly limit: number;
  readonly expect: 'envelopes' | 'plaintext';
  readonly json?: true;
}

/**
 * Counts, prints, and sets the exit code of the process where something is not as expected.
 *
 * @throws UsageError when options exclude each other; ConfigurationError when a file cannot be read
 */
export async function count(
  files: readonly string[],
  options: CountOptions,
  { line, notice }: Output,
): Promise<void> {
  const { expect, limit, json } = options;
  if (options.temporal !== undefined && files.length > 0) {
    throw new UsageError('Name files, or give --temporal: one of the two.');
  }
  const rows: CountRow[] = [];
  const leftOut: string[] = [];
  const notLooked = (why: string): void => {
    leftOut.push(why);
    notice(why);
  };
  const sources =
    options.temporal === undefined
      ? historiesInFiles(files, notLooked)
      : namespaceHistories(options.query, limit, notLooked);
  const what = options.temporal === undefined ? 'histories' : 'executions';
  const read = async (): Promise<void> => {
    for await (const { name, messages } of sources) {
      const counts = countPayloads(messages);
      rows.push({ name, ...counts, isAsExpected: isExpected(counts, expect) });
    }
  };
  await withProgress(what, read, () => ({ done: rows.length }));
  const complete = leftOut.length === 0;
  const others = rows.filter((row) => !row.isAsExpected);
  if (json === true) {
    line(JSON.stringify({ complete, ...sumOf(rows), looked: rows.length, others }, undefined, 2));
  } else for (const each of linesOf(rows, others, expect, complete)) line(each);
  if (others.length > 0 || !complete) process.exitCode = EXIT.failed;
}

interface CountRow extends PayloadCounts {
  readonly name: string;
  readonly isAsExpected: boolean;
}

function isExpected({ envelopes, plaintext, clearFailures }: PayloadCounts, expected: string): boolean {
  return expected === 'plaintext' ? envelopes === 0 : plaintext === 0 && clearFailures === 0;
}

function sumOf(rows: readonly PayloadCounts[]): Omit<PayloadCounts, 'clearAt'> {
  const sum = (field: 'envelopes' | 'plaintext' | 'clearFailures'): number =>
    rows.reduce((total, row) => total + row[field], 0);
  return { envelopes: sum('envelopes'), plaintext: sum('plaintext'), clearFailures: sum('clearFailures') };
}

/** Executions that are named on the terminal; `--json` has all. */
const MOST_NAMED = 20;

function linesOf(
  rows: readonly CountRow[],
  others: readonly CountRow[],
  expected: string,
  complete: boolean,
): readonly Line[] {
  const { envelopes, plaintext, clearFailures } = sumOf(rows);
  const named = others
    .slice(0, MOST_NAMED)
    .flatMap((row) => [
      `${printable(row.name)}: ${String(row.envelopes)} envelopes, ${String(row.plaintext)} plaintext, ${String(row.clearFailures)} failures in clear`,
      ...(expected === 'plaintext'
        ? []
        : row.clearAt.map(({ place, count }) => `  ${printable(place)}: ${String(count)}`)),
    ]);
  const more = others.length - MOST_NAMED;
  return [
    ...named,
    ...(more > 0 ? [`… and ${String(more)} more (--json has all)`] : []),
    `${String(rows.length)} looked at: ${String(envelopes)} envelopes, ${String(plaintext)} plaintext, ${String(clearFailures)} failures in clear`,
    ...(complete ? [] : ['Not everything was looked at.']),
    ...(others.length === 0
      ? verdict(rows, expected, complete)
      : [
          [
            bad(
              `${String(others.length)} hold what is ${expected === 'plaintext' ? 'encrypted' : 'not encrypted'}.`,
            ),
          ],
        ]),
  ];
}

function verdict(rows: readonly CountRow[], expected: string, complete: boolean): readonly Line[] {
  if (!complete) return [];
  if (rows.length === 0) return ['There was nothing to look at.'];
  return [[good(`All of it is ${expected === 'plaintext' ? 'in clear' : 'encrypted'}.`)]];
}
