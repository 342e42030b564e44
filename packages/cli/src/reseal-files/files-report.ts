import { howMany, plain, printable } from '../printable';
import type { FileOutcome } from './file-run';

/** What came of a file, and which it is. */
export interface NamedFile extends FileOutcome {
  readonly file: string;
}

/** What `--json` prints. */
export interface FilesReport {
  readonly dryRun: boolean;
  readonly looked: number;
  /** Files of which something was sealed anew, or would be. */
  readonly resealed: number;
  /** Files of which something is left, and that failed. */
  readonly left: number;
  /** What folders have that was not looked at. */
  readonly notLooked: readonly string[];
  /** All but those with nothing to do. */
  readonly files: readonly NamedFile[];
}

/** Whether something is left of what was asked for. */
export function isLeft({ result, leftCount }: FileOutcome): boolean {
  return result === 'failed' || leftCount > 0;
}

export function filesReport(
  dryRun: boolean,
  outcomes: readonly NamedFile[],
  notLooked: readonly string[],
): FilesReport {
  return {
    dryRun,
    looked: outcomes.length,
    resealed: outcomes.filter(({ payloads }) => payloads.length > 0).length,
    left: outcomes.filter(isLeft).length,
    notLooked,
    files: outcomes.filter((each) => each.result !== 'nothing to do' || each.leftCount > 0),
  };
}

/** The report for a person. */
export function reportLines({
  dryRun,
  looked,
  resealed,
  left,
  notLooked,
  files,
}: FilesReport): readonly string[] {
  const did = dryRun ? 'to be resealed' : 'resealed';
  return [
    ...files.flatMap(linesOf),
    ...notLooked.map((why) => `Not looked at: ${plain(why)}`),
    `${howMany(looked, 'file')}: ${String(resealed)} ${did}, ${String(left)} with something left or failed${dryRun ? '. Nothing was changed.' : ''}`,
  ];
}

function linesOf({ file, result, payloads, leftCount, left, because }: NamedFile): readonly string[] {
  const why = because === undefined ? '' : `: ${plain(because)}`;
  const changes = payloads
    .map(({ from, to, count }) => `, ${howMany(count, 'payload')} ${list(from)} → ${list(to)}`)
    .join('');
  const more = leftCount - left.length;
  return [
    `${printable(file)}: ${result}${changes}${why}`,
    ...left.map(
      ({ field, names, because: reason }) => `  left: ${plain(field)}${keys(names)}: ${plain(reason)}`,
    ),
    ...(more > 0 ? [`  left: ${String(more)} more`] : []),
  ];
}

function keys(names: readonly string[]): string {
  return names.length === 0 ? '' : ` (${list(names)})`;
}

function list(names: readonly string[]): string {
  return names.map(printable).join(', ');
}
