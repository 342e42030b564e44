import { escapeUnprintable } from '@waxseal/core/internal';
import { EXIT } from '../failure/exit-codes';
import type { Output } from '../output';
import { howMany, printable } from '../printable';
import { bad, careful, good, type Line } from '../terminal/colour';
import { formatHead } from './file-end';
import type { Finding } from './findings';
import { readLines, type LineAt } from './read-lines';
import { ChainVerifier, type ChainState, type VerifyOptions } from './verify-chain';
import { withProgress } from '../terminal/progress';

/** What came out, as `--json` prints it. */
interface Report {
  /** Whether there is no break. */
  readonly intact: boolean;
  readonly lines: number;
  /** Lines that are in chains, and as they were written. */
  readonly chained: number;
  /** Lines in front of the first chain that are in none. */
  readonly notChained: number;
  /** Lines with a plain hash, in front of the first that is signed. */
  readonly notSigned: number;
  /** Times of the first and the last record in a chain; null where there is none. */
  readonly firstTime: string | null;
  readonly lastTime: string | null;
  readonly chains: readonly { id: string; first: number; last: number; lines: number; head: string }[];
  /** All of them; of `findings` the first thousand of each are there. */
  readonly breaks: number;
  readonly notes: number;
  readonly findings: readonly Finding[];
}

/**
 * Verifies the chains of an audit log, prints what was found, and sets the exit code of the process: 1 where
 * there is a break.
 *
 * @throws ConfigurationError when a file cannot be read, or lines are signed and there is no key
 */
export async function verify(
  files: readonly string[],
  options: VerifyOptions & { readonly isJson: boolean },
  { line }: Output,
): Promise<void> {
  const report = await verified(files, options);
  if (options.isJson) line(escapeUnprintable(JSON.stringify(report, undefined, 2)));
  else for (const each of linesOf(report, options)) line(each);
  if (!report.intact) process.exitCode = EXIT.failed;
}

async function verified(files: readonly string[], options: VerifyOptions): Promise<Report> {
  const verifier = new ChainVerifier(options);
  const clock = new Clock();
  let lines = 0;
  const read = async (): Promise<void> => {
    for await (const some of readLines(files)) {
      for (const each of some) {
        lines += 1;
        if (!verifier.add(each)) continue;
        const detail = clock.add(each);
        if (detail !== undefined) verifier.findings.add('note', each, detail);
      }
    }
  };
  await withProgress('lines', read, () => ({ done: lines }));
  verifier.end();
  const { findings, notChained, notSigned } = verifier;
  const chains = [...verifier.chains.values()];
  const { first, last } = clock;
  return {
    intact: findings.breaks === 0,
    lines,
    chained: chains.reduce((sum, chain) => sum + chain.lines, 0),
    notChained,
    notSigned,
    firstTime: first ?? null,
    lastTime: last ?? null,
    chains: chains.map(summaryOf),
    breaks: findings.breaks,
    notes: findings.notes,
    findings: findings.kept,
  };
}

function summaryOf(chain: ChainState): Report['chains'][number] {
  const { id, first, seq, lines } = chain;
  return { id, first, last: seq, lines, head: formatHead(chain) };
}

/** Records are a little out of order when requests are answered at once, or refusals are summed up. */
const MAX_BACK_MS = 60_000;
const TIME = /^\{"time":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)"/;
const TIME_BYTES = 40;

/** The times of records, which prove nothing: the order of lines is that of their numbers. */
class Clock {
  first: string | undefined;
  last: string | undefined;
  #hasGoneBack = false;

  /** @returns what is to be noted */
  add({ bytes }: LineAt): string | undefined {
    const [, time] = TIME.exec(bytes.subarray(0, TIME_BYTES).toString('latin1')) ?? [];
    if (time === undefined) return undefined;
    const { last = time, first = time } = this;
    this.first = time < first ? time : first;
    this.last = time > last ? time : last;
    if (this.#hasGoneBack || Date.parse(last) - Date.parse(time) <= MAX_BACK_MS) return undefined;
    this.#hasGoneBack = true;
    return `its time is before that of an earlier line: the clock was set back, or servers have different ones`;
  }
}

/** Chains that are named on the terminal; `--json` has all. */
const MOST_CHAINS = 20;

function linesOf(report: Report, { expected }: VerifyOptions): readonly Line[] {
  const { lines, chained, notChained, notSigned, chains, firstTime, lastTime, findings } = report;
  const hidden = chains.length - MOST_CHAINS;
  return [
    `${howMany(lines, 'line')}: ${String(chained)} intact in ${howMany(chains.length, 'chain')}, ${String(notChained)} not chained`,
    ...(notSigned > 0 ? [`${howMany(notSigned, 'line')} not signed, in front of those that are`] : []),
    ...(firstTime === null || lastTime === null ? [] : [`From ${firstTime} to ${lastTime}`]),
    ...(hidden > 0 ? [`… ${howMany(hidden, 'earlier chain')} (--json has all)`] : []),
    ...chains
      .slice(-MOST_CHAINS)
      .map(({ first, last, head }) => `Chain of lines ${String(first)} to ${String(last)}, head ${head}`),
    ...findings.map(findingLine),
    ...verdict(report, expected.length > 0),
  ];
}

function findingLine({ kind, file, line, detail }: Finding): Line {
  const what = kind === 'note' ? careful('note') : bad(`BREAK ${kind}`);
  const where = file === null ? '' : ` at ${printable(file)} line ${String(line)}`;
  return [what, `${where}: ${detail}`];
}

function verdict({ breaks, chained, findings, notes }: Report, isEndKnown: boolean): readonly Line[] {
  const hidden = breaks + notes - findings.length;
  const more = hidden > 0 ? [`… ${String(hidden)} more findings`] : [];
  if (breaks > 0) return [...more, [bad('Broken'), `: ${howMany(breaks, 'break')}.`]];
  if (chained === 0) return ['Nothing is chained: nothing was verified.'];
  return [
    ...more,
    isEndKnown
      ? [good('Intact'), ', with all that was expected.']
      : [
          good('Intact'),
          '. Whether lines are missing at the end cannot be seen from the file: give --expect-head.',
        ],
  ];
}
