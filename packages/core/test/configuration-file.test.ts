import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeEach, describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';

import { assertTrustedFile, isMountedReadOnly } from '../src/base/trusted-file';

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
