import { chmodSync, existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { changeOfFile, writeChange } from '../src/keys/config-file-change';
import { diffOf, editJson } from '../src/keys/json-edit';
import { fieldsAfter } from '../src/keys/key-fields';
import { missingEvidence } from '../src/keys/usage-evidence';

const BEHIND = ['$schema', 'primaryKey', 'additionalKeys'];
const directory = temporaryDirectory();

describe('a change of JSON', () => {
  it('leaves every other character as it is', () => {
    const text = '{\n\t"$schema": "x",\n\t"primaryKey" : "old" ,\n\t"server": { "a": [1,2], "b":"}" }\n}\n';
    const added = editJson(text, [{ field: 'decryptKeys', value: ['new'] }], BEHIND);
    expect(added).toBe(text.replace('"old" ,', '"old",\n\t"decryptKeys": ["new"] ,'));
    const edits = [
      { field: 'primaryKey', value: 'new' },
      { field: 'decryptKeys', value: ['old'] },
    ];
    expect(editJson(added ?? '', edits, BEHIND)).toBe(
      text.replace('"old" ,', '"new",\n\t"decryptKeys": ["old"] ,'),
    );
    const gone = editJson(added ?? '', [{ field: 'decryptKeys', value: undefined }], BEHIND);
    expect(JSON.parse(gone ?? '')).toEqual(JSON.parse(text));
  });

  it('means what was meant, in any object and with keys of any text', () => {
    const key = fc.constantFrom('primaryKey', 'decryptKeys', 'additionalKeys', 'server', '$schema');
    const object = fc.dictionary(fc.oneof(key, fc.string()), fc.jsonValue());
    const edits = fc.array(
      fc.record({
        field: fc.constantFrom('primaryKey', 'decryptKeys'),
        value: fc.oneof(fc.string(), fc.array(fc.string()), fc.constant(undefined)),
      }),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(object, edits, fc.constantFrom(0, 2, '\t'), (given, wanted, indent) => {
        // Node.js makes no own property of that name of JSON's.
        fc.pre(Object.keys(given).length > 0 && !Object.hasOwn(given, '__proto__'));
        const expected: Record<string, unknown> = { ...given };
        for (const { field, value } of wanted) {
          // eslint-disable-next-line @typescript-eslint/no-dynamic-delete
          if (value === undefined) delete expected[field];
          else expected[field] = value;
        }
        fc.pre(Object.keys(expected).length > 0);
        const edited = editJson(JSON.stringify(given, undefined, indent), wanted, BEHIND);
        if (edited !== undefined) expect(JSON.parse(edited)).toEqual(JSON.parse(JSON.stringify(expected)));
        else expect(wanted.some(({ value }) => value === undefined)).toBe(true);
      }),
    );
  });

  it('shows the lines that differ, with two around them', () => {
    const lines = Array.from({ length: 20 }, (_, index) => `line ${String(index)}`);
    const after = lines.map((text, index) => (index === 10 ? 'other' : text));
    expect(diffOf({ before: lines.join('\n'), after: after.join('\r\n') })).toEqual([
      '  line 8',
      '  line 9',
      '- line 10',
      '+ other',
      '  line 11',
      '  line 12',
      '…',
    ]);
  });
});

describe('a configuration file', () => {
  const changes = [{ field: 'primaryKey', place: 'file', name: 'primaryKey', uris: ['new'] }] as const;

  it('is replaced at once, with its mode, behind a link that stays', () => {
    const [file, link] = [join(directory, 'a.json'), join(directory, 'link.json')];
    writeFileSync(file, '{ "primaryKey": "old" }\n');
    chmodSync(file, 0o640);
    symlinkSync(file, link);
    const { ino } = statSync(file);
    writeChange(changeOfFile(link, changes));
    expect(readFileSync(file, 'utf8')).toBe('{ "primaryKey": "new" }\n');
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(statSync(file).ino).not.toBe(ino);
    expect(readFileSync(link, 'utf8')).toContain('new');
    expect(existsSync(`${file}.new`)).toBe(false);
  });

  it('that was changed meanwhile, or is being changed, is left as it is', () => {
    const file = join(directory, 'b.json');
    writeFileSync(file, '{ "primaryKey": "old" }');
    const change = changeOfFile(file, changes);
    writeFileSync(file, '{ "primaryKey": "other" }');
    expect(() => {
      writeChange(change);
    }).toThrow(/was changed meanwhile/);
    expect(existsSync(`${file}.new`)).toBe(false);
    writeFileSync(`${file}.new`, '');
    expect(() => {
      writeChange(changeOfFile(file, changes));
    }).toThrow(/is being changed by another process/);
    expect(readFileSync(file, 'utf8')).toContain('other');
    expect(existsSync(`${file}.new`)).toBe(true);
  });
});

describe('the fields of a keyring', () => {
  const fields = { primaryKey: 'old', additionalKeys: ['both'], decryptKeys: ['older'] };

  it('are those of the stage', () => {
    const added = fieldsAfter('add', fields, 'new', 'old');
    expect(added.decryptKeys).toEqual(['older', 'new']);
    const promoted = fieldsAfter('promote', added, 'new', 'old');
    expect(promoted).toEqual({ primaryKey: 'new', additionalKeys: ['both'], decryptKeys: ['older', 'old'] });
    expect(fieldsAfter('retire', promoted, 'new', 'old').decryptKeys).toEqual(['older']);
    expect(fieldsAfter('promote', fields, 'both', 'old')).toMatchObject({
      additionalKeys: [],
      decryptKeys: ['older', 'old'],
    });
  });
});

describe('a report of usage', () => {
  const now = new Date('2026-11-30T12:00:00Z');
  const key = { id: 'old', owns: (id: string) => id.startsWith('old/v') };
  const gone = { id: 'old/v1', notNeededFrom: '2026-11-01T00:00:00Z' };
  const other = { id: 'new', notNeededFrom: null };
  const report = (over: object = {}, ...keys: unknown[]) => ({
    asOf: '2026-11-30T11:00:00.000Z',
    complete: true,
    keys: [gone, other, ...keys],
    ...over,
  });

  it('shows that a key is needed no more', () => {
    expect(missingEvidence([report()], key, now)).toEqual([]);
    expect(missingEvidence([report({}, { id: 'old/v2', notNeededFrom: '2026-11-30' })], key, now)).toEqual(
      [],
    );
    const { asOf: time, keys } = report();
    expect(missingEvidence([{ time, keys }], key, now)).toEqual([]);
  });

  const UNDATED = 'a report has no moment from which the key is not needed';
  it.each<[string, unknown, string]>([
    ['it is older than a day', report({ asOf: '2026-11-29T11:59:59Z' }), 'a report is older than a day'],
    ['it is of the future', report({ asOf: '2026-12-01T00:00:00Z' }), 'a report is of the future'],
    ['it tells no time', report({ asOf: undefined }), 'a report does not tell its time'],
    ['its time is a number', report({ asOf: 1 }), 'a report does not tell its time'],
    ['it is not complete', report({ complete: false }), 'a report says that it is not complete'],
    ['the key is missing', report({ keys: [{ ...gone, id: 'older/v1' }] }), 'no report names the key'],
    ['one version has no date', report({}, { id: 'old/v2', notNeededFrom: null }), UNDATED],
    ['one version has no real date', report({}, { id: 'old', notNeededFrom: 'soon' }), UNDATED],
    [
      'one version is needed still',
      report({}, { id: 'old/v2', notNeededFrom: '2027-01-01T00:00:00Z' }),
      'the key is needed until 2027-01-01T00:00:00.000Z',
    ],
  ])('does not where %s', (_, given, words) => {
    expect(missingEvidence([given], key, now)).toEqual([expect.stringContaining(words)]);
    expect(missingEvidence([report(), given], key, now).length).toBe(words.startsWith('no report') ? 0 : 1);
  });

  it('may name the key nowhere, where that is said to be enough, and must be whole all the same', () => {
    const without = report({ keys: [other] });
    expect(missingEvidence([without], key, now, true)).toEqual([]);
    expect(missingEvidence([{ ...without, complete: false }], key, now, true)).toHaveLength(1);
    expect(missingEvidence([report({}, { id: 'old', notNeededFrom: null })], key, now, true)).toEqual([
      UNDATED,
    ]);
  });

  it.each<[object, number]>([
    [{ elsewhere: [{ name: 's3' }] }, 1],
    [{ unseen: [{ name: 'binary/zlib' }] }, 1],
    [{ keys: [other, { id: '(no key is named)', notNeededFrom: '2026-11-01T00:00:00Z' }] }, 1],
    [{ malformed: [{ name: 'old/v9' }] }, 1],
    [{ malformed: [{ name: '(no key is named)' }] }, 1],
    [{ malformed: [{ name: 'older' }] }, 0],
  ])('does not where payloads may need the key and do not tell: %j', (over, faults) => {
    const given = report({ keys: [other], ...over });
    expect(missingEvidence([given], key, now, true)).toHaveLength(faults);
  });

  it.each([[null], ['x'], [[]], [{}], [{ keys: {} }]])('does not where it is %j', (given) => {
    expect(missingEvidence([given], key, now, true)).not.toEqual([]);
  });
});
