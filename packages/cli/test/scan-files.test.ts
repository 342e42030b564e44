import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { scanFiles, type ScannedFiles } from '../src/scan/scan-files';

const directory = temporaryDirectory();
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const sealed = {
  metadata: { encoding: base64('binary/sealed'), 'encryption-key-id': base64('k1') },
  data: '',
};
const event = (id: number): object => ({
  eventId: String(id),
  eventTime: '2026-11-30T00:00:00Z',
  workflowExecutionSignaledEventAttributes: { input: { payloads: [sealed] } },
});
const history = (...ids: number[]): object => ({ events: ids.map(event) });
const lines = (...all: object[]): string => all.map((each) => JSON.stringify(each)).join('\n');

async function scanned(name: string, text: string): Promise<ScannedFiles> {
  writeFileSync(join(directory, name), text);
  return scanFiles([join(directory, name)]);
}

describe('histories in files', () => {
  it.each<[string, string, string, number, number]>([
    ['one', 'one.json', JSON.stringify(history(1, 2)), 2, 1],
    ['an array', 'array.json', JSON.stringify([history(1), history(1, 2)]), 3, 2],
    ['one on each line', 'lines.ndjson', lines(history(1), history(1)), 2, 2],
    ['one on each line, under another name', 'lines.json', lines(history(1), history(1)), 2, 2],
    ['an event on each line', 'events.jsonl', lines(event(1), event(2), event(3)), 3, 1],
    [
      'the last page of an answer',
      'answer.json',
      JSON.stringify({ history: history(1), nextPageToken: '', archived: true }),
      1,
      1,
    ],
  ])('are read: %s', async (_what, name, text, payloads, files) => {
    const { usage, leftOut } = await scanned(name, text);
    expect(leftOut).toEqual([]);
    expect([usage.payloads, usage.holders.files, usage.uses[0]?.name]).toEqual([payloads, files, 'k1']);
  });

  it.each<[string, string, string, RegExp]>([
    ['no events', 'none.json', JSON.stringify({ events: [] }), /event 1 is missing/],
    ['the first is missing', 'late.json', JSON.stringify(history(2, 3)), /event 1 is missing/],
    ['one is missing', 'gap.ndjson', lines(event(1), event(3)), /event 2 is missing/],
    [
      'there are more pages',
      'page.json',
      JSON.stringify({ history: history(1), nextPageToken: 'AA==' }),
      /nextPageToken/,
    ],
    [
      'events as they are stored',
      'raw.json',
      JSON.stringify({ history: history(1), rawHistory: [{}] }),
      /rawHistory/,
    ],
  ])('are not whole: %s', async (_what, name, text, why) => {
    expect((await scanned(name, text)).leftOut).toEqual([expect.stringMatching(why)]);
  });

  it('are those of a folder, which says what else it has', async () => {
    const folder = join(directory, 'exports');
    mkdirSync(join(folder, 'of 2026'), { recursive: true });
    writeFileSync(join(folder, 'of 2026', 'a.json'), JSON.stringify(history(1)));
    writeFileSync(join(folder, '.hidden'), '');
    expect(await scanFiles([folder])).toMatchObject({ leftOut: [], usage: { payloads: 1 } });
    writeFileSync(join(folder, '\u001b[31mb.json.gz'), '');
    symlinkSync(join(folder, 'of 2026'), join(folder, 'of 2025'));
    symlinkSync(join(folder, 'of 2026', 'a.json'), join(folder, 'link.json'));
    const { leftOut, usage } = await scanFiles([folder]);
    expect(usage.payloads).toBe(2);
    expect(leftOut).toEqual([expect.stringContaining('"\\u001b[31mb.json.gz" and 1 more')]);
  });
});
