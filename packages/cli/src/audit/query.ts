import { escapeUnprintable } from '@waxseal/core/internal';
import type { Output } from '../output';
import { printable } from '../printable';
import { readLines, type LineAt } from './read-lines';
import { isUse, matchOf, readRecord, type Filter, type Match, type ReadRecord } from './record';
import { withProgress } from '../terminal/progress';

/** How a query is answered. */
interface QueryOptions extends Filter {
  /** Whether only the last use is asked for. */
  readonly isLast: boolean;
  readonly isJson: boolean;
}

/** What one principal did, of what was asked for. */
interface Doings {
  readonly principal: string | null;
  readonly issuer: string | null;
  /** Answered with data: decodes and downloads, and encodes. */
  reads: number;
  encodes: number;
  /** All else: refusals, failures, and what holds no payload. */
  others: number;
  /** Times of what was answered with data. */
  first: string | null;
  last: string | null;
}

const MOST_PRINCIPALS = 1000;
const MOST_KEYS = 20;

/** What was found so far, without the records. */
class Tally {
  readonly principals = new Map<string, Doings>();
  /** Matches of principals beyond a thousand. */
  uncounted = 0;
  lines = 0;
  unreadable = 0;
  /** Uses that name no workflow, where one is asked for. */
  unnamed = 0;
  /** Records without a match that name as many as there is room for. */
  full = 0;
  matches = 0;
  /** The first keys that are named, for who asks for one by another name. */
  readonly keys = new Set<string>();
  last: Match | undefined;

  add(match: Match): void {
    this.matches += 1;
    const { record } = match;
    if (isUse(record) && (this.last === undefined || record.time >= this.last.record.time)) this.last = match;
    const { principal, issuer, time } = record;
    const key = JSON.stringify([issuer, principal]);
    const none = { principal, issuer, reads: 0, encodes: 0, others: 0, first: null, last: null };
    const doings = this.principals.get(key) ?? none;
    if (!this.principals.has(key)) {
      if (this.principals.size === MOST_PRINCIPALS) {
        this.uncounted += 1;
        return;
      }
      this.principals.set(key, doings);
    }
    if (!isUse(record)) {
      doings.others += record.requests;
      return;
    }
    if (record.operation === 'encode') doings.encodes += 1;
    else doings.reads += 1;
    doings.first = doings.first === null || time < doings.first ? time : doings.first;
    doings.last = doings.last === null || time > doings.last ? time : doings.last;
  }
}

/**
 * Prints the records of an audit log that are about a workflow, a key or a principal, by whom they are, and
 * where the answer is not complete.
 *
 * @throws ConfigurationError when a file cannot be read
 */
export async function query(
  files: readonly string[],
  options: QueryOptions,
  { line }: Output,
): Promise<void> {
  const { isLast, isJson } = options;
  const tally = new Tally();
  const show = isJson
    ? jsonMatches(line)
    : (match: Match) => {
        line(matchLine(match));
      };
  if (isJson) line('{"matches":[');
  const read = async (): Promise<void> => {
    for await (const some of readLines(files)) {
      for (const each of some) {
        const match = look(each, options, tally);
        if (match === undefined) continue;
        tally.add(match);
        if (!isLast) show(match);
      }
    }
  };
  await withProgress('lines', read, () => ({ done: tally.lines }));
  if (isLast && tally.last !== undefined) show(tally.last);
  const incomplete = incompleteness(tally, options);
  const by = [...tally.principals.values()];
  if (isJson) {
    const { lines, matches, uncounted } = tally;
    const end = { by, lines, found: matches, principalsLeftOut: uncounted, incomplete };
    line(`],${escapeUnprintable(JSON.stringify(end)).slice(1)}`);
    return;
  }
  if (isLast && tally.last === undefined) line('There is no use on record.');
  if (!isLast) for (const each of by) line(doingsLine(each));
  if (tally.uncounted > 0) line(`${String(tally.uncounted)} records of further principals`);
  line(`${String(tally.matches)} of ${String(tally.lines)} records match.`);
  if (options.key !== undefined && tally.matches === 0 && tally.keys.size > 0) {
    line(`Keys on record: ${[...tally.keys].map(printable).join(', ')}`);
  }
  for (const each of incomplete) line(`Not complete: ${each}.`);
  line('Whether the file was altered is not looked at: run "waxseal audit verify".');
}

function look(at: LineAt, filter: Filter, tally: Tally): Match | undefined {
  if (at.bytes.length === 0) return undefined;
  tally.lines += 1;
  const record = at.state === 'too long' ? undefined : readRecord(at.bytes);
  if (record === undefined) {
    tally.unreadable += 1;
    return undefined;
  }
  for (const id of record.keyIds) if (tally.keys.size < MOST_KEYS) tally.keys.add(id);
  const result = matchOf(record, filter);
  if (result === 'unnamed') tally.unnamed += 1;
  else if (result === 'full') tally.full += 1;
  else if (result !== undefined) return { at: { file: at.file, line: at.number }, ...result };
  return undefined;
}

function incompleteness(tally: Tally, { workflow, key }: Filter): readonly string[] {
  const { unreadable, unnamed, full } = tally;
  return [
    ...(unreadable > 0 ? [`${String(unreadable)} lines are no records`] : []),
    ...(unnamed > 0
      ? [`${String(unnamed)} records of data that was answered name no workflow, and may be about this one`]
      : []),
    ...(full > 0
      ? [
          `${String(full)} records name as many ${key === undefined ? 'workflows' : 'keys or workflows'} as there is room for, and may be about more`,
        ]
      : []),
    ...(workflow === undefined
      ? []
      : ['what is "named" is what the client said, which may be wrong, and a client can say nothing']),
  ];
}

function jsonMatches(line: (text: string) => void): (match: Match) => void {
  let comma = '';
  return ({ record, by, at }) => {
    line(`${comma}${escapeUnprintable(JSON.stringify({ ...at, by, record }))}`);
    comma = ',';
  };
}

function matchLine({ record, by }: Match): string {
  const { time, operation, namespace, outcome, reason, payloadCount, keyIds, policies, requestId } = record;
  const where = namespace === null ? '' : ` in ${printable(namespace)}`;
  const why = reason === null ? '' : ` (${printable(reason)})`;
  const payloads =
    payloadCount === null ? '' : `, ${String(payloadCount)} payload${payloadCount === 1 ? '' : 's'}`;
  const seen = policies.length === 0 ? '' : `, by policy ${policies.map(printable).join(' ')}`;
  const keys = keyIds.length === 0 ? '' : `, keys ${keyIds.map(printable).join(' ')}`;
  const how = by === undefined ? '' : `, workflow ${by}`;
  return `${time} ${whoIs(record)} ${operation ?? 'request'}${where}: ${outcome}${why}${payloads}${seen}${keys}${how}, request ${printable(requestId)}`;
}

function doingsLine(doings: Doings): string {
  const { reads, encodes, others, first, last } = doings;
  const when = first === null || last === null ? '' : `, from ${first} to ${last}`;
  return `${whoIs(doings)}: ${String(reads)} read, ${String(encodes)} encoded${when}; ${String(others)} without data`;
}

function whoIs({ principal, issuer }: Pick<ReadRecord, 'principal' | 'issuer'>): string {
  if (principal === null) return 'nobody known';
  return issuer === null ? printable(principal) : `${printable(principal)} of ${printable(issuer)}`;
}
