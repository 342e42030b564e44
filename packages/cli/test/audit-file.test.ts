import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AuditHead, AuditRecord } from '@waxseal/codec-server';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { type AuditLog, openAuditFile } from '../src/audit/audit-file';
import { endOfFile, formatHead, endBeforeRotation, parseHead } from '../src/audit/file-end';
import { readLines } from '../src/audit/read-lines';
import { ChainVerifier } from '../src/audit/verify-chain';

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

/** Kinds of findings, and how many chains and lines of them there are. */
async function verified(...files: readonly string[]) {
  const verifier = new ChainVerifier({ keys: [], expected: [], isStrict: false, isFromLog: false });
  for await (const lines of readLines(files)) for (const line of lines) verifier.add(line);
  verifier.end();
  const chains = [...verifier.chains.values()].map(({ lines }) => lines);
  return { found: verifier.findings.kept.map(({ kind }) => kind), chains };
}

async function write(audit: AuditLog, ...ids: readonly string[]): Promise<void> {
  await Promise.all(ids.map(async (id) => audit.sink(record(id))));
}

function idsIn(...files: readonly string[]): string[] {
  const lines = files.flatMap((file) => readFileSync(file, 'utf8').trimEnd().split('\n'));
  return lines.map((line) => (JSON.parse(line) as AuditRecord).requestId);
}

describe('an audit file', () => {
  let path: string;
  beforeEach(() => {
    path = join(directory, 'audit.jsonl');
  });

  it('has all lines in the order in which they were given, in one chain', async () => {
    const audit = await openAuditFile(path);
    const ids = Array.from({ length: 2000 }, (_, index) => String(index));
    await write(audit, ...ids);
    await audit.close();
    expect(idsIn(path)).toEqual(ids);
    expect(await verified(path)).toEqual({ found: [], chains: [2000] });
    expect(statSync(path).mode & 0o077).toBe(0);
    expect((await endOfFile(path)).head).toEqual(audit.head?.());
    expect(() => audit.sink(record('late'))).toThrow('closed');
  });

  it('goes on with a chain that names the last line, when it is opened again', async () => {
    const heads: AuditHead[] = [];
    for (const id of ['a', 'b', 'c']) {
      const audit = await openAuditFile(path, { onHead: (head) => heads.push(head) });
      await write(audit, id, id);
      await audit.close();
    }
    expect(await verified(path)).toEqual({ found: [], chains: [2, 2, 2] });
    expect(heads.map(({ seq }) => seq)).toEqual([2, 2]);
  });

  it('goes on in a new file when it is renamed, and loses nothing', async () => {
    const audit = await openAuditFile(path);
    await write(audit, 'a', 'b');
    renameSync(path, `${path}.1`);
    await write(audit, 'c');
    renameSync(`${path}.1`, `${path}.2`);
    renameSync(path, `${path}.1`);
    await write(audit, 'd');
    await audit.close();
    const files = [`${path}.2`, `${path}.1`, path];
    expect(idsIn(...files)).toEqual(['a', 'b', 'c', 'd']);
    expect(await verified(...files)).toEqual({ found: [], chains: [4] });
    expect(await verified(`${path}.2`, path)).toMatchObject({ found: ['removed'] });
  });

  it('goes on from the beginning when it is copied and truncated', async () => {
    const audit = await openAuditFile(path);
    await write(audit, 'a', 'b');
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
    await write(audit, 'c');
    await audit.close();
    expect(idsIn(`${path}.1`, path)).toEqual(['a', 'b', 'c']);
    expect(await verified(`${path}.1`, path)).toEqual({ found: [], chains: [3] });
  });

  it.each([['.1'], ['-20260301']])(
    'names the last line of %s, when it was rotated between',
    async (suffix) => {
      const audit = await openAuditFile(path);
      await write(audit, 'a');
      await audit.close();
      writeFileSync(`${path}.0`, 'of another time');
      renameSync(path, `${path}${suffix}`);
      const again = await openAuditFile(path);
      await write(again, 'b');
      await again.close();
      expect(await verified(`${path}${suffix}`, path)).toEqual({ found: [], chains: [1, 1] });
      expect(await endBeforeRotation(join(directory, 'no', 'such'))).toBeUndefined();
    },
  );

  it('ends a line that was cut off, and names it', async () => {
    const audit = await openAuditFile(path);
    await write(audit, 'a');
    await audit.close();
    appendFileSync(path, '{"requestId":"half');
    expect(await verified(path)).toEqual({ found: ['cut off'], chains: [1] });
    const again = await openAuditFile(path);
    await write(again, 'b');
    await again.close();
    expect(await verified(path)).toEqual({ found: ['note'], chains: [1, 1] });
  });

  it('goes on behind lines of before there were chains', async () => {
    writeFileSync(path, '{"requestId":"old"}\n');
    const audit = await openAuditFile(path);
    await write(audit, 'a');
    await audit.close();
    expect(idsIn(path)).toEqual(['old', 'a']);
    expect(await verified(path)).toEqual({ found: [], chains: [1] });
  });

  it('says when something else writes to it, and so does its verification', async () => {
    const warnings: string[] = [];
    const options = { warn: (message: string) => warnings.push(message) };
    const [one, other] = [await openAuditFile(path, options), await openAuditFile(path, options)];
    for (const id of ['a', 'b']) {
      await write(one, id);
      await write(other, id);
    }
    await Promise.all([one.close(), other.close()]);
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain('something else writes to the audit file');
    expect((await verified(path)).chains).toEqual([2, 2]);
    expect((await verified(path)).found).not.toEqual([]);
  });

  it('is made anew when it is removed, and verification says what is missing', async () => {
    const audit = await openAuditFile(path);
    await write(audit, 'a');
    rmSync(path);
    await write(audit, 'b');
    await audit.close();
    expect(await verified(path)).toEqual({ found: ['note'], chains: [1] });
  });

  it('may be one that can be written and not read', async () => {
    writeFileSync(path, '');
    chmodSync(path, 0o200);
    const audit = await openAuditFile(path);
    await write(audit, 'a');
    await audit.close();
    chmodSync(path, 0o600);
    expect(await verified(path)).toEqual({ found: [], chains: [1] });
  });
});

it.each([
  [''],
  ['a:1:b'],
  [`${'0'.repeat(16)}:0:${'0'.repeat(64)}`],
  [`${'0'.repeat(16)}:1:${'0'.repeat(63)}`],
])('%j is no head', (text) => {
  expect(parseHead(text)).toBeUndefined();
});

it('a head is read as it was written', () => {
  const head = { id: '0123456789abcdef', seq: 12, hash: 'f'.repeat(64) };
  expect(parseHead(formatHead(head))).toEqual(head);
});
