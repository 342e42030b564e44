import type { Fault } from '../fault';
import { isOk, type Outcome } from './judge';

const COLUMNS: readonly (readonly [string, number])[] = [
  ['fault', 28],
  ['key service', 16],
  ['Worker', 12],
  ['done/failed', 11],
  ['effects', 7],
  ['clear', 5],
  ['recovery', 8],
  ['KMS req.', 8],
  ['', 9],
];

/** The table's first line. */
export function heading(): string {
  return row(COLUMNS.map(([name]) => name));
}

/** The table's lines for one outcome: its row, and what was not as it should be. */
export function outcomeLines(outcome: Outcome): string {
  const { fault, problems } = outcome;
  const [least, most] = outcome.sideEffects;
  const verdict = problems.length === 0 && isOk(outcome) ? 'ok' : isOk(outcome) ? 'KNOWN GAP' : 'FAILED';
  const notes = [
    ...(problems.length > 0 && fault.knownGap !== undefined ? [`known gap: ${fault.knownGap.what}`] : []),
    ...(problems.length === 0 && fault.knownGap !== undefined
      ? [`did not show this time: ${fault.knownGap.what}`]
      : []),
    ...problems.map((problem) => `! ${problem}`),
    ...(fault.repeats === undefined || most < 2 ? [] : [`repeated side effects: ${fault.repeats.why}`]),
    ...outcome.remarks,
  ];
  return [
    row([
      fault.id,
      outcome.service,
      outcome.workerStates.join(','),
      `${String(outcome.completed)}/${String(outcome.failed)}`,
      least === most ? String(least) : `${String(least)}–${String(most)}`,
      String(outcome.plaintext),
      `${(outcome.recoveryMs / 1000).toFixed(1)} s`,
      String(outcome.keyRequests),
      verdict,
    ]),
    ...notes.map((note) => `    ${note}`),
  ].join('\n');
}

function row(cells: readonly string[]): string {
  return COLUMNS.map(([, width], index) => (cells[index] ?? '').padEnd(width))
    .join('  ')
    .trimEnd();
}

const HEADING = [
  'Fault',
  'Workflow inputs and results, signals, updates',
  'Activity inputs and results, heartbeats',
  'Side effects',
  'Failures',
  'Clients',
  'Recovery',
];

/**
 * The table of docs/operations.md: a row for each fault, a column for each kind of payload.
 *
 * @returns Markdown, without a line feed at its end
 */
export function operationsTable(faults: readonly Fault[]): string {
  const rows = faults.map(({ title, sees, repeats }) => [
    title,
    sees.workflows,
    sees.activities,
    repeats === undefined ? 'once' : `may repeat: ${repeats.why}`,
    sees.failures,
    sees.clients,
    sees.recovery,
  ]);
  return [HEADING, HEADING.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}
