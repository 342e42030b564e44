import type { Fault } from '../fault';

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
