import { PASSING_FAULTS } from './faults';
import type { Recovery } from './measure';
import type { Subject } from './subject';

const WIDTHS = [40, 20, 15, 17];

/** The first line of what the command prints. */
export function recoveryHeading(): string {
  return line(['key service', 'fault', 'failed requests', 'seconds to recover', '']);
}

/** The lines for one row: its numbers, and what was not as it should be. */
export function recoveryLines({ subject, fault, failed, recoveryMs, problems }: Recovery): string {
  const seconds = recoveryMs === undefined ? 'never' : (recoveryMs / 1000).toFixed(1);
  const verdict = problems.length === 0 ? 'ok' : 'FAILED';
  return [
    line([subject.name, fault.id, String(failed), `${seconds} of ${inSeconds(fault.limitMs)}`, verdict]),
    ...problems.map((problem) => `    ! ${problem}`),
  ].join('\n');
}

function line(cells: readonly string[]): string {
  return cells
    .map((cell, index) => cell.padEnd(WIDTHS[index] ?? 0))
    .join('  ')
    .trimEnd();
}

function inSeconds(milliseconds: number): string {
  return `${String(milliseconds / 1000)} s`;
}

/**
 * The part of docs/operations.md about recovery: a table of faults, and where credentials come from.
 *
 * @returns Markdown, without a line feed at its end
 */
export function recoveryTable(subjects: readonly Subject[]): string {
  const services = subjects.filter(({ onlyCredentials }) => onlyCredentials !== true).map(({ name }) => name);
  const rows = PASSING_FAULTS.map(({ title, made, limitMs, ofCredentials }) => [
    title,
    made,
    ofCredentials === true ? 'every source of credentials below' : services.join(', '),
    inSeconds(limitMs),
  ]);
  const heading = ['Fault', 'How it is made', 'With', 'Back within'];
  return [
    ...[heading, heading.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`),
    '',
    ...subjects.map(({ name, source }) => `- ${name}: credentials are those of ${source}.`),
  ].join('\n');
}
