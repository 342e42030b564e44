import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeEach, describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { parseJson, assertTrustedFile, isMountedReadOnly } from '../src/base/configuration';

const MOUNTS = `22 1 254:1 / / rw,relatime - ext4 /dev/root rw
30 22 0:31 / /etc/waxseal ro,relatime - ext4 /dev/root rw
31 22 0:32 / /run/secrets rw,relatime - tmpfs tmpfs ro
32 22 0:33 / /home/ada rw,relatime - ext4 /dev/root rw
33 22 0:34 / /media/mine ro,relatime - fuse.sshfs mine rw
34 30 0:35 / /etc/waxseal/inner\\040one rw,relatime - tmpfs tmpfs rw
`;

describe('isMountedReadOnly', () => {
  it.each([
    ['/etc/waxseal', true],
    ['/etc/waxseal/waxseal.config.json', true],
    ['/etc/waxseal/..2026_11_27/waxseal.config.json', true],
    ['/etc/waxseal/inner one/file', false],
    ['/etc/waxsealed', false],
    ['/run/secrets/key', true],
    ['/home/ada/waxseal.config.mjs', false],
    ['/media/mine/waxseal.config.mjs', false],
    ['/', false],
  ])('says of %s: %s', (path, expected) => {
    expect(isMountedReadOnly(path, MOUNTS)).toBe(expected);
  });

  it('says no where nothing is known', () => {
    expect(isMountedReadOnly('/etc/waxseal', '')).toBe(false);
  });
});

describe('assertTrustedFile', () => {
  let directory: string;
  beforeEach(() => {
    directory = temporaryDirectory();
  });

  it('takes a file of its own in a directory of its own, also below /tmp', () => {
    const path = join(directory, 'file');
    writeFileSync(path, '', { mode: 0o644 });
    expect(() => {
      assertTrustedFile(path, 'The file');
    }).not.toThrow();
  });

  it('refuses one that everybody can write, and says how to mend it', () => {
    const path = join(directory, 'file');
    writeFileSync(path, '');
    chmodSync(path, 0o606);
    expect(() => {
      assertTrustedFile(path, 'The file');
    }).toThrow(`The file ${JSON.stringify(path)} is not used: everybody can write to`);
  });
});

describe('parseJson', () => {
  const where = (text: string): string => {
    try {
      parseJson(text, (place) => new Error(place));
      return 'nowhere';
    } catch (error) {
      return (error as Error).message;
    }
  };

  it.each([
    ['', 'line 1, column 1'],
    ['{', 'line 1, column 2'],
    ['{\n  "a": }', 'line 2, column 8'],
    ['{\r\n  "a": 1,\r\n}', 'line 3, column 1'],
    ['{ "a": 1\n  "b": 2 }', 'line 2, column 3'],
    ['[1, 2', 'line 1, column 6'],
    ["{ 'a': 1 }", 'line 1, column 3'],
    ['// a comment\n{}', 'line 1, column 1'],
    ['{ "a": tru }', 'line 1, column 11'],
    ['{} {}', 'line 1, column 4'],
    [`{ "a": "${'x'.repeat(200)}",\n "b":, }`, 'line 2, column 6'],
    ['{ "a": "one\ntwo" }', 'line 1, column 12'],
  ])('finds the mistake in %j: %s', (text, expected) => {
    expect(where(text)).toBe(expected);
  });

  it('takes what JSON.parse takes, and a byte order mark', () => {
    expect(parseJson('\uFEFF{"a": [1, null]}', () => new Error())).toEqual({ a: [1, null] });
    expect(where('7')).toBe('nowhere');
  });
});
