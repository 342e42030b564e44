import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { describe, expect, it, jest } from '@jest/globals';

import { FAULTS } from '../src/faults';

const MAIN = join(__dirname, '../dist/main.js');
const SHORT = FAULTS.filter(({ short }) => short !== undefined);

// Temporal runs a task again that it takes for lost, which a machine with too much to do can make of any;
// twice in a row that is no accident.
jest.retryTimes(1, { logErrorsBeforeRetry: true });

describe('npm run faults, in its short form', () => {
  // A Temporal server of its own, so that its database is searched.
  it('finds Workers running, workflows done, side effects single and nothing in clear', async () => {
    const child = spawn(process.execPath, [MAIN, '--short'], {
      env: { ...process.env, TEMPORAL_ADDRESS: '' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [output, closed] = await Promise.all([text(child.stdout), once(child, 'close')]);
    const exitCode: unknown = closed[0];
    const row = ({ id }: { id: string }): string =>
      output.split('\n').find((line) => line.startsWith(`${id} `)) ?? `no row for ${id}`;
    // The whole table is what a failure shows.
    expect({ exitCode, output }).toEqual({ exitCode: 0, output });
    for (const fault of SHORT) expect(row(fault)).toMatch(/ RUNNING .+ (?:ok|KNOWN GAP)$/);
    expect(output).toMatch(/^Confidential texts in clear in the server's database file: 0$/m);
    expect(output).toContain(`${String(SHORT.length)} faults in `);
  }, 240_000);
});
