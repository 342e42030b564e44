import { describe, expect, it } from '@jest/globals';

import { usageLines } from '../src/keys/usage-table';
import { steady } from '../src/output';
import { sampleReport, SAMPLES, sampleUse } from './support/sample-usage';

const text = (report: ReturnType<typeof sampleReport>): string =>
  // As the command writes lines.
  usageLines(report).map(steady).join('\n');

describe('the report for a terminal', () => {
  it('says what was looked at, and of each key what needs it and until when', () => {
    const uses = [
      sampleUse('orders/v1', 40, 30, { 'open executions': 7, schedules: 1, 'closed executions': 2 }),
      sampleUse('orders/v2', 2, 1, { 'closed executions': 1 }, { sole: 3 }),
      sampleUse('json/plain', 9, 8, { 'open activities': 1 }, { format: 'plaintext', payloads: 1 }),
    ];
    const lines = text(sampleReport({ uses })).split('\n');
    expect(lines.slice(0, 17)).toEqual([
      'namespace orders at temporal.internal:7233, as of 2026-11-30T08:12:34.567Z',
      'Looked at: 7 open executions, 2 closed executions, 1 schedule, 1 open activity; 2 were gone before they could be read',
      '604 payloads, 603 of them encrypted. Closed executions are kept for 30 days',
      '',
      'Key "orders/v1"',
      '  payloads          494 envelopes of Waxseal; no other key opens them',
      '                    input 247, activity result 247',
      '  written           2026-10-21T08:12:34.567Z to 2026-10-31T08:12:34.567Z',
      '  needed by         7 open executions, 2 closed executions, 1 schedule',
      '  not needed from   no date, because of',
      '                    - 7 open executions: "order-48213", "order-48230", "order-48247", "order-48264", "order-48281", …',
      '                      freed by: completion, continue-as-new without the old payloads, reset or termination (waxseal keys drain); then the retention must pass',
      '                    - 1 schedule: "nightly-settlement-0"',
      '                      freed by: waxseal keys reseal schedules, an update by a client that encrypts under another key, or deletion: schedules do not expire',
      '                    - 2 closed executions: "order-48213", "order-48230"',
      '                      freed by: deletion by Temporal: the retention has passed, and what it ends is deleted some time later. Scan again',
      '',
    ]);
    expect(lines.slice(17)).toEqual([
      'Key "orders/v2"',
      '  payloads          109 envelopes of Waxseal; no other key opens 3 of them',
      '                    input 55, activity result 54',
      '  written           2026-11-28T08:12:34.567Z to 2026-11-29T08:12:34.567Z',
      '  needed by         1 closed execution',
      '  not needed from   2026-12-29T08:12:34.567Z',
      '',
      'In clear:',
      '  "json/plain": 1 payload in 1 open activity: "order-48213"',
      '',
      'In clear: message or stack of 3 failures',
      '',
      'Written by SDKs in clear beside every codec: 12 markers of local activities and patches',
      '',
      'What this report cannot see:',
      '- Visibility archives and history archives of the namespace.',
      '- Payloads that workers hold in memory and have not sent yet.',
      '- Standalone Nexus operations of a server older than 1.30, which does not list them.',
    ]);
  });

  it('has a date beside other keys, and one that has passed', () => {
    const closed = { 'closed executions': 1 };
    const use = sampleUse('k1', 45, 40, closed);
    const holders = use.holders['closed executions'];
    if (holders !== undefined) Object.assign(holders, { soleCount: 0, soleLastCloseMs: undefined });
    const lines = text(
      sampleReport({ uses: [{ ...use, sole: 0 }], scanned: { retentionMs: 50 * 86_400_000 } }),
    );
    expect(lines).toMatch(
      /not needed from {3}2026-12-10T08:12:34.567Z\n +now on \(2026-11-30T08:12:34.567Z\), as long as/,
    );
  });

  it('says what was not looked at, and that nothing was found', () => {
    const incomplete = text(SAMPLES['incomplete']?.() ?? sampleReport({ uses: [] }));
    expect(incomplete).toContain('\nNot looked at:\n- 1,204 executions are beyond the limit');
    expect(incomplete).toContain(
      '- not all was looked at\n                      freed by: a scan that looks at all',
    );
    expect(incomplete).toContain('\nKept elsewhere, under keys that this scan does not see:\n  "s3driver": ');
    const empty = text(sampleReport({ uses: [], scanned: { gone: 0, retentionMs: 3_600_000 } }));
    expect(empty).toMatch(
      /^[^\n]*\nLooked at: nothing\n0 payloads, 0 of them encrypted\. .* for 60 minutes\n\nNo payload names a key\.\n/,
    );
  });

  it('cannot be made to steer a terminal, or to begin a line, by names', () => {
    const hostile = text(SAMPLES['hostile']?.() ?? sampleReport({ uses: [] }));
    expect(hostile).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    for (const line of hostile.split('\n')) expect(line).not.toMatch(/^\S*\[2J/);
  });
});
