import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { describe, expect, it } from '@jest/globals';

import { SHORT } from '../src/attacks';

const MAIN = join(__dirname, '../dist/main.js');

describe('npm run attacks, in its short form', () => {
  it('breaks no bound', async () => {
    const child = spawn(process.execPath, ['--expose-gc', MAIN, '--short'], {
      env: { ...process.env, TEMPORAL_ADDRESS: '' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [output, closed] = await Promise.all([text(child.stdout), once(child, 'close')]);
    const exitCode: unknown = closed[0];
    // The whole table is what a failure shows.
    expect({ exitCode, output }).toEqual({ exitCode: 0, output });
    for (const { id, bounds } of SHORT) {
      expect(output.split('\n').filter((line) => line.startsWith(`${id} `))).toHaveLength(bounds.length);
    }
  }, 240_000);
});
