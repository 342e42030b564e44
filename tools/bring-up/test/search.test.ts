import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { needleForms, searchBytes, searchDatabaseFile } from '../src/search';

const directory = temporaryDirectory();
const needle = 'Zoë "Z" O’Hara/7';
const pageBytes = 512;

describe('searchBytes', () => {
  const written: [string, (text: string) => Buffer][] = [
    ['utf-8', (text) => Buffer.from(text)],
    ['utf-16le', (text) => Buffer.from(text, 'utf16le')],
    ['utf-16be', (text) => Buffer.from(text, 'utf16le').swap16()],
    ['hex', (text) => Buffer.from(Buffer.from(text).toString('hex'))],
    ['json', (text) => Buffer.from(JSON.stringify(text))],
    ['url', (text) => Buffer.from(new URL(`http://h/?${encodeURIComponent(text)}`).search)],
    ['form', (text) => Buffer.from(encodeURIComponent(text).replaceAll('%20', '+'))],
  ];
  it.each(written)('finds a text written as %s, and where', (form, write) => {
    const hits = searchBytes(Buffer.concat([Buffer.from('12345'), write(needle)]), [
      needle,
      'something else',
    ]);
    expect(hits.map((hit) => hit.form)).toEqual([form]);
    expect(hits[0]?.offset).toBeGreaterThanOrEqual(5);
  });

  it('finds base64 and base64url wherever the text begins and ends', () => {
    for (const encoding of ['base64', 'base64url'] as const) {
      for (let before = 0; before < 6; before++) {
        for (let after = 0; after < 4; after++) {
          const text = `${'>'.repeat(before)}${needle}${'?'.repeat(after)}`;
          const hits = searchBytes(Buffer.from(Buffer.from(text).toString(encoding)), [needle]);
          expect(hits.length).toBeGreaterThan(0);
        }
      }
    }
  });

  it('finds nothing in other bytes, and refuses a needle that chance would find', () => {
    expect(searchBytes(Buffer.alloc(4096, 'Zoe Z OHara'), [needle])).toEqual([]);
    expect(() => needleForms('123')).toThrow(RangeError);
  });
});

function page(number: number, fill: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.alloc(pageBytes);
  if (number === 1) {
    bytes.write('SQLite format 3\0', 'latin1');
    bytes.writeUInt16BE(pageBytes, 16);
  }
  fill(bytes);
  return bytes;
}

describe('searchDatabaseFile', () => {
  const card = '4242424242424242';

  it('finds a text in the file, in its write-ahead log and in its journal', async () => {
    const path = join(directory, 'a.db');
    writeFileSync(
      path,
      page(1, (bytes) => bytes.write(card, 200)),
    );
    writeFileSync(`${path}-wal`, `....${Buffer.from(card).toString('base64')}`);
    writeFileSync(`${path}-journal`, card);
    expect(await searchDatabaseFile(path, [card, 'Ada Lovelace'])).toEqual([
      { file: `${path}-wal`, needle: card, form: 'base64', offset: 4, length: 21 },
      { file: `${path}-journal`, needle: card, form: 'utf-8', offset: 0, length: 16 },
      { file: path, needle: card, form: 'utf-8', offset: 200, length: 16 },
    ]);
  });

  it('finds a text that is cut by the page number of an overflow page', async () => {
    const path = join(directory, 'b.db');
    const cell = page(1, (bytes) => bytes.writeUInt32BE(3, bytes.write(card.slice(0, 9), 300) + 300));
    const last = page(2, (bytes) => bytes.write(card.slice(7), 4));
    const middle = page(3, (bytes) => {
      bytes.writeUInt32BE(2, 0);
      bytes.write(card.slice(9), 4);
      bytes.write(card.slice(0, 7), pageBytes - 7);
    });
    writeFileSync(path, Buffer.concat([cell, last, middle]));
    expect(await searchDatabaseFile(path, [card])).toHaveLength(2);
  });

  it('joins pages across the file and its write-ahead log', async () => {
    const path = join(directory, 'c.db');
    const cell = page(1, (bytes) => bytes.writeUInt32BE(2, bytes.write(card.slice(0, 9), 300) + 300));
    const frame = Buffer.alloc(24);
    frame.writeUInt32BE(2, 0);
    writeFileSync(path, cell);
    writeFileSync(
      `${path}-wal`,
      Buffer.concat([Buffer.alloc(32), frame, page(2, (bytes) => bytes.write(card.slice(9), 4))]),
    );
    expect(await searchDatabaseFile(path, [card])).toHaveLength(1);
  });

  it('refuses a file that is missing or no database', async () => {
    await expect(searchDatabaseFile(join(directory, 'none.db'), [card])).rejects.toThrow(
      'There is no database',
    );
    const path = join(directory, 'd.db');
    writeFileSync(path, 'hello');
    await expect(searchDatabaseFile(path, [card])).rejects.toThrow('not an SQLite database');
  });
});
