import { existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { beforeEach, expect, it } from '@jest/globals';
import type { AuditRecord } from '@waxseal/codec-server';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { openAuditFile } from '../src/audit/audit-file';

// A disk that is always full, where the system has one.
const FULL = '/dev/full';
if (!existsSync(FULL)) console.warn(`A full disk is not tried: there is no ${FULL}.`);
const whereThereIsOne = existsSync(FULL) ? it : it.skip;

let directory: string;
beforeEach(() => {
  directory = temporaryDirectory();
});

const record = (requestId: string): AuditRecord => ({ requestId }) as AuditRecord;

whereThereIsOne('a full disk refuses records, and takes them again when there is room', async () => {
  const path = join(directory, 'audit.jsonl');
  symlinkSync(FULL, path);
  const audit = await openAuditFile(path);
  await expect(audit.sink(record('lost'))).rejects.toMatchObject({ code: 'ENOSPC' });
  // It is not opened for each record of a flood.
  await expect(Promise.resolve(record('soon')).then((given) => audit.sink(given))).rejects.toThrow(
    'a moment ago',
  );
  rmSync(path);
  await sleep(1_100);
  await Promise.all(
    ['a', 'b', 'c'].map(async (requestId) => {
      await audit.sink(record(requestId));
    }),
  );
  await audit.close();
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  expect(lines.map((line) => (JSON.parse(line) as AuditRecord).requestId)).toEqual(['a', 'b', 'c']);
});
