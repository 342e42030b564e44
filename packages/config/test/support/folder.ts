import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { createLocalKeyringFile } from '@waxseal/local-key';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { localKeyUri } from '../../src';

const INSTALLED = resolve(__dirname, '../../../../node_modules/@waxseal');

/** A folder as an application's is, in which this project's packages are installed. */
export interface Folder {
  readonly path: string;
  /** Writes a file of the folder. */
  readonly write: (name: string, text: string) => void;
  /** URI of a local key of that name, made when it is first asked for. */
  readonly keyUri: (id: string) => string;
}

/** Makes a folder that is removed after the tests of the file. */
export function folder(): Folder {
  const path = temporaryDirectory();
  mkdirSync(join(path, 'node_modules'));
  symlinkSync(INSTALLED, join(path, 'node_modules', '@waxseal'));
  const made = new Set<string>();
  return {
    path,
    write: (name, text) => {
      writeFileSync(join(path, name), text);
    },
    keyUri: (id) => {
      const file = join(path, `${id}.keys`);
      if (!made.has(id)) createLocalKeyringFile(file, { id });
      made.add(id);
      return localKeyUri(file, id);
    },
  };
}
