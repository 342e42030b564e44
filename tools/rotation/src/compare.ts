import type { IndependentCount } from './namespace/independent-count';
import type { Report, ReportedKey } from './report';

/** Where a report and a count by other code differ; empty where they agree. */
export function differences(report: Report, counted: IndependentCount): readonly string[] {
  const found: string[] = [];
  const compare = (what: string, reported: number | undefined, expected: number | undefined): void => {
    if ((reported ?? 0) !== (expected ?? 0)) {
      found.push(`${what}: ${String(reported ?? 0)} reported, ${String(expected ?? 0)} counted`);
    }
  };
  compare('open executions', report.holders['open executions'], counted.open);
  compare('closed executions', report.holders['closed executions'], counted.closed);
  compare('schedules', report.holders['schedules'], counted.schedules);
  for (const key of report.keys) {
    compare(`payloads of ${key.id}`, key.payloads, counted.payloads[key.id]);
    for (const state of ['open', 'closed']) {
      const executions = counted.executions[`${key.id} ${state}`];
      compare(`${state} executions of ${key.id}`, neededBy(key, `${state} executions`), executions);
    }
  }
  const keys = Object.keys(counted.payloads).filter((name) => !name.startsWith('clear '));
  compare('keys', report.keys.length, keys.length);
  // A count by shape cannot tell what SDKs note in markers.
  const clear = report.plaintext.reduce((sum, { payloads }) => sum + payloads, 0) + report.sdkMarkers;
  compare('payloads in clear', clear, counted.payloads['clear json/plain']);
  return found;
}

function neededBy({ neededBy: holders }: ReportedKey, what: string): number | undefined {
  return holders.find((each) => each.what === what)?.count;
}
