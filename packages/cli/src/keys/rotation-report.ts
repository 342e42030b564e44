import { plain, table } from '../printable';
import { bad, careful, type Line } from '../terminal/colour';
import type { Holding, Stage } from './rotation';

/** A process that was asked. */
export interface ReportedProcess {
  readonly kind: 'codec-server' | 'worker';
  readonly name: string;
  /** What it has the new key for. */
  readonly next: Holding;
  /** What it has the old key for; `null` where there is none. */
  readonly previous: Holding | null;
  /** Where it is in the rotation, in words. */
  readonly stage: string;
  readonly because: string | null;
}

/** A change of the configuration. */
export interface ReportedChange {
  /** The configuration file that it is a change of; `null` where it is set elsewhere. */
  readonly file: string | null;
  readonly written: boolean;
  /** What to set by hand. */
  readonly lines: readonly string[];
  /** Of a file of JSON: its lines that differ. */
  readonly diff: readonly string[];
}

/** What `waxseal keys rotate --json` prints. */
export interface RotationReport {
  /** Whether nothing was refused. */
  readonly ok: boolean;
  readonly version: string;
  readonly stage: Stage;
  /** ISO 8601, by this machine's clock. */
  readonly time: string;
  /** The new key, and what the configuration at hand has it for. */
  readonly next: { readonly id: string; readonly role: Holding };
  readonly previous: { readonly id: string; readonly role: Holding } | null;
  readonly processes: readonly ReportedProcess[];
  readonly refusals: readonly string[];
  readonly warnings: readonly string[];
  /** `null` where there is nothing to change, or it was refused. */
  readonly change: ReportedChange | null;
  /** What is to be done next, a sentence each. */
  readonly then: readonly string[];
}

/** What is to be done after a stage, a sentence each. */
export function whatThen(stage: Stage, to: string, from: string | undefined): readonly string[] {
  const next = `--to ${quoted(to)}`;
  const keys = from === undefined ? next : `${next} --from ${quoted(from)}`;
  switch (stage) {
    case 'status':
      return [];
    case 'add':
      return [
        'Deploy it to every process that reads: workers, clients, Codec Servers.',
        `Then see where it has arrived: waxseal keys rotate status ${next}`,
        `Once it is everywhere: waxseal keys rotate promote ${next}`,
      ];
    case 'promote':
      return [
        'Deploy it, in any order. Keep the old key enabled: it opens what was written under it.',
        `Once nothing needs the old key: waxseal keys usage --json > usage.json, and waxseal keys rotate retire ${keys} --usage usage.json`,
      ];
    case 'retire':
      return [
        'Deploy it. Then disable the old key at its service, and delete it only after a while in which nobody missed it (WAXSEAL_UNKNOWN_KEY, WAXSEAL_KEY_SERVICE).',
      ];
  }
}

/** For a shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** The report for a person, up to what is to be done next. */
export function formatRotation(report: RotationReport): readonly Line[] {
  const { stage, next, previous, processes, refusals, warnings, change } = report;
  return [
    `new key  ${next.id} (${inWords(next.role)} here)`,
    ...(previous === null ? [] : [`old key  ${previous.id} (${inWords(previous.role)} here)`]),
    ...(processes.length === 0 ? [] : ['', ...tableOf(processes)]),
    ...(warnings.length === 0
      ? []
      : ['', ...warnings.map((text): Line => [careful('WARNING:'), ` ${plain(text)}`])]),
    ...(refusals.length === 0
      ? []
      : ['', ...refusals.map((text): Line => [bad('refused:'), ` ${plain(text)}`])]),
    ...(stage === 'status' || refusals.length > 0 ? [] : ['', ...changeLines(change)]),
  ].map((line) => (typeof line === 'string' ? plain(line) : line));
}

function changeLines(change: ReportedChange | null): readonly string[] {
  if (change === null) return ['There is nothing to change here.'];
  if (change.diff.length > 0) return [String(change.file), ...change.diff];
  return [
    change.file === null ? 'Set:' : `Set in ${change.file}:`,
    ...change.lines.map((line) => `  ${line}`),
  ];
}

function tableOf(processes: readonly ReportedProcess[]): readonly Line[] {
  return table(
    ['STAGE', 'NEW KEY', 'OLD KEY', 'PROCESS'],
    processes.map(({ stage, next, previous, kind, name, because }) => [
      stage,
      inWords(next),
      previous === null ? '-' : inWords(previous),
      plain(`${kind === 'worker' ? '' : 'Codec Server '}${name}${because === null ? '' : `: ${because}`}`),
    ]),
  );
}

function inWords(holding: Holding): string {
  switch (holding) {
    case 'absent':
      return 'no';
    case 'held':
      return 'yes';
    case 'unknown':
      return '?';
    default:
      return holding;
  }
}
