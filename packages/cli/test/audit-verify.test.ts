import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { AuditChain, auditLineHash, type AuditHead } from '@waxseal/codec-server';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import fc from 'fast-check';
import { readLines } from '../src/audit/read-lines';
import { ChainVerifier, type VerifyOptions } from '../src/audit/verify-chain';

const KEY = Buffer.alloc(32, 7);
const RECORD = '{"time":"2026-03-01T09:30:00.000Z","requestId":"r"}';

let directory: string;
beforeAll(() => {
  directory = temporaryDirectory();
});

/** Lines of chains that follow each other, as many as are said, and the last head. */
function log(lengths: readonly number[], key?: Uint8Array): { lines: string[]; head: AuditHead } {
  const lines: string[] = [];
  let head: AuditHead | undefined;
  for (const length of lengths) {
    const chain: AuditChain = new AuditChain({
      ...(key === undefined ? {} : { key }),
      ...(head === undefined ? {} : { after: head }),
    });
    for (let count = 0; count < length; count++) lines.push(chain.seal(RECORD));
    head = chain.head;
  }
  if (head === undefined) throw new Error('There is no line.');
  return { lines, head };
}

async function verify(
  files: readonly (string | Buffer)[],
  options: Partial<VerifyOptions> = {},
): Promise<ChainVerifier> {
  const verifier = new ChainVerifier({
    keys: [],
    expected: [],
    isStrict: false,
    isFromLog: false,
    ...options,
  });
  const names = files.map((content, index) => {
    const name = join(directory, `${String(index)}.jsonl${typeof content === 'string' ? '' : '.gz'}`);
    writeFileSync(name, content);
    return name;
  });
  for await (const lines of readLines(names)) for (const line of lines) verifier.add(line);
  verifier.end();
  return verifier;
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** Kind and line number of each finding. */
function found({ findings }: ChainVerifier): [string, number | null][] {
  return findings.kept.map(({ kind, line }) => [kind, line]);
}

const LENGTHS = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 });

it('finds nothing in what was written, in one file or in several', async () => {
  await fc.assert(
    fc.asyncProperty(LENGTHS, fc.boolean(), fc.nat(), async (lengths, isKeyed, cut) => {
      const { lines, head } = log(lengths, isKeyed ? KEY : undefined);
      const at = cut % (lines.length + 1);
      const files = [text(lines.slice(0, at)), gzipSync(text(lines.slice(at)))];
      const keys = isKeyed ? [randomBytes(32), KEY] : [];
      const verifier = await verify(files, { keys, expected: [head], isStrict: true });
      expect(verifier.findings.kept).toEqual([]);
      expect([...verifier.chains.values()].map(({ lines: count }) => count)).toEqual(lengths);
    }),
    { numRuns: 100 },
  );
});

/** A line with another content in the same place, and a hash that is right for it. */
function remade(line = ''): string {
  const body = line.replace('"r"', '"s"').replace(/,"(hash|mac)":"[0-9a-f]{64}"\}$/, '');
  return `${body},"hash":"${auditLineHash(body, undefined)}"}`;
}

type Change = (lines: string[], one: number, other: number) => string[];
const CHANGES: [string, Change][] = [
  ['a line removed', (lines, one) => lines.toSpliced(one, 1)],
  ['a line there twice', (lines, one, other) => lines.toSpliced(other, 0, lines[one] ?? '')],
  ['a line of no chain', (lines, one) => lines.toSpliced(one, 0, RECORD)],
  [
    'a line of another chain',
    (lines, one) => lines.toSpliced(one, 0, new AuditChain().seal('{"forged":true}')),
  ],
  ['a line made anew, its hash too,', (lines, one) => lines.with(one, remade(lines[one]))],
  ['an empty line', (lines, one) => lines.toSpliced(one, 0, '')],
  [
    'two lines swapped',
    (lines, one, other) => {
      const to = one === other ? (one + 1) % lines.length : other;
      return lines.with(one, lines[to] ?? '').with(to, lines[one] ?? '');
    },
  ],
  ['all after a line removed', (lines, one) => lines.slice(0, one)],
  ['all up to a line removed', (lines, one) => lines.slice(one + 1)],
];

describe.each(CHANGES)('%s', (_name, change) => {
  it.each([
    ['hashed', undefined],
    ['signed', KEY],
  ])('is found in lines that are %s', async (_kind, key) => {
    await fc.assert(
      fc.asyncProperty(LENGTHS, fc.nat(), fc.nat(), async (lengths, one, other) => {
        const { lines, head } = log(lengths, key);
        const changed = change([...lines], one % lines.length, other % lines.length);
        fc.pre(changed.join() !== lines.join());
        const keys = key === undefined ? [] : [key];
        const { findings } = await verify([text(changed)], { keys, expected: [head], isStrict: true });
        expect(findings.breaks).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
  });
});

it.each([
  ['hashed', undefined],
  ['signed', KEY],
])('any byte that is another, missing or too many is found in lines that are %s', async (_kind, key) => {
  await fc.assert(
    fc.asyncProperty(
      LENGTHS,
      fc.nat(),
      fc.integer({ min: 0, max: 255 }),
      fc.constantFrom('other', 'missing', 'more'),
      async (lengths, where, byte, how) => {
        const { lines, head } = log(lengths, key);
        const bytes = Buffer.from(text(lines));
        const at = where % bytes.length;
        const rest = bytes.subarray(how === 'more' ? at : at + 1);
        const changed = [bytes.subarray(0, at), Buffer.from(how === 'missing' ? [] : [byte]), rest];
        const content = Buffer.concat(changed);
        fc.pre(!content.equals(bytes));
        const keys = key === undefined ? [] : [key];
        const { findings } = await verify([gzipSync(content)], { keys, expected: [head], isStrict: true });
        expect(findings.breaks).toBeGreaterThan(0);
      },
    ),
    { numRuns: 400 },
  );
});

describe('a break', () => {
  const { lines, head } = log([4, 3]);
  it.each<[string, string[], [string, number | null][]]>([
    ['nothing', lines, []],
    ['an altered line', lines.with(1, lines[1]?.replace('"r"', '"s"') ?? ''), [['altered', 2]]],
    ['a line that is no longer one', lines.with(1, '{}'), [['altered', 2]]],
    ['the first one', lines.with(0, 'x'), [['altered', 1]]],
    ['lines removed', lines.toSpliced(1, 2), [['removed', 2]]],
    ['the end of a chain removed', lines.toSpliced(3, 1), [['removed', 4]]],
    ['the beginning of a chain removed', lines.toSpliced(4, 1), [['removed', 5]]],
    ['a line inserted', lines.toSpliced(2, 0, RECORD), [['inserted', 3]]],
    ['a line there again', [...lines, lines[2] ?? ''], [['inserted', 8]]],
    [
      'two lines swapped',
      [1, 0, 2, 3].map((at) => lines[at] ?? ''),
      [
        ['note', 1],
        ['reordered', 2],
      ],
    ],
    ['two lines swapped later', [0, 2, 1, 3].map((at) => lines[at] ?? ''), [['reordered', 3]]],
    ['a line made anew', lines.with(1, remade(lines[1])), [['altered', 3]]],
    ['the last line of a chain made anew', lines.with(3, remade(lines[3])), [['altered', 5]]],
    ['a chain that does not follow', [...lines, new AuditChain().seal(RECORD)], [['restarted', 8]]],
    ['old lines in front', [RECORD, ...lines], []],
  ])('%s', async (_name, changed, expected) => {
    expect(found(await verify([text(changed)]))).toEqual(expected);
  });

  it('is a head that is not there, or another', async () => {
    const all = { expected: [head] };
    expect(found(await verify([text(lines)], all))).toEqual([]);
    expect(found(await verify([text(lines.slice(0, -1))], all))).toEqual([['cut off', null]]);
    const other = { expected: [{ ...head, hash: '0'.repeat(64) }] };
    expect(found(await verify([text(lines)], other))).toEqual([['altered', 7]]);
  });

  it('is the end of a line that is missing, unless a later chain names what is left', async () => {
    const piece = lines[4]?.slice(0, 100) ?? '';
    const cut = text(lines.slice(0, 4)) + piece;
    expect(found(await verify([cut]))).toEqual([['cut off', 5]]);
    const { id, seq, hash } = JSON.parse(
      lines[3]?.replace(/^.*"chain":/, '').replace('},"hash', ',"hash') ?? '',
    ) as AuditHead;
    const next = new AuditChain({ after: { id, seq, hash }, cutOff: Buffer.from(piece) });
    const restarted = `${cut}\n${next.seal(RECORD)}\n`;
    expect(found(await verify([restarted]))).toEqual([['note', 5]]);
    expect(found(await verify([restarted.replace(piece, piece.replace('"r"', '"s"'))]))).toEqual([
      ['altered', 6],
      ['inserted', 5],
    ]);
  });

  it('is a line longer than any record', async () => {
    const long = `{"a":"${'x'.repeat(3 * 1024 * 1024)}"}`;
    expect(found(await verify([text(lines.toSpliced(2, 0, long))]))).toEqual([['inserted', 3]]);
  });

  it('is a line without a signature where there are some, and a file that has none', async () => {
    const signed = log([2], KEY);
    const plain = log([2]);
    const after = new AuditChain({ after: plain.head, key: KEY });
    const keys = [KEY];
    const upgraded = [...plain.lines, after.seal(RECORD)];
    const verifier = await verify([text(upgraded)], { keys });
    expect([found(verifier), verifier.notSigned]).toEqual([[], 2]);
    expect(found(await verify([text(upgraded)], { keys, isStrict: true }))).toEqual([['not signed', null]]);
    expect(found(await verify([text(plain.lines)], { keys }))).toEqual([['not signed', null]]);
    expect(found(await verify([text([RECORD])], { keys }))).toEqual([['not signed', null]]);
    const next = new AuditChain({ after: signed.head });
    expect(found(await verify([text([...signed.lines, next.seal(RECORD)])], { keys }))).toEqual([
      ['not signed', 3],
    ]);
    await expect(verify([text(signed.lines)])).rejects.toThrow('--audit-key-file');
    const others = await verify([text(signed.lines)], { keys: [randomBytes(32)] });
    expect(found(others)).toContainEqual(['altered', 1]);
  });
});

it('takes text between, chains that begin anew, and several servers, in the log of a container', async () => {
  const [one, other] = [log([3]).lines, log([3]).lines];
  const mixed = ['Codec Server at http://127.0.0.1:8081', one[0], other[0], 'Keys: orders', one[1], other[1]];
  const content = text(mixed.map((line) => line ?? ''));
  expect(found(await verify([content], { isFromLog: true }))).toEqual([]);
  expect(found(await verify([content]))).toContainEqual(['restarted', 3]);
  const removed = text([one[0], other[0], one[2]].map((line) => line ?? ''));
  expect(found(await verify([removed], { isFromLog: true }))).toEqual([['removed', 3]]);
});

it('notes that a file begins within a chain, which is a break only when it is strict', async () => {
  const { lines } = log([4]);
  expect(found(await verify([text(lines.slice(2))]))).toEqual([['note', 1]]);
  expect(found(await verify([text(lines.slice(2))], { isStrict: true }))).toEqual([['removed', 1]]);
  expect(found(await verify([text(lines.slice(0, 1)), text(lines.slice(2))]))).toEqual([['removed', 1]]);
});

it('does not keep more findings than a thousand', async () => {
  const { lines } = log([5000]);
  const { findings } = await verify([text(lines.filter((_, index) => index % 2 === 0))]);
  expect([findings.breaks, findings.kept.length]).toEqual([2499, 1000]);
});
