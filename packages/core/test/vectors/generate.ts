import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { VECTORS_DIRECTORY } from '@waxseal/test-support/vectors';

import { vectorFiles } from './vector-files';

// node --require esbuild-register packages/core/test/vectors/generate.ts
for (const folder of ['valid', 'invalid', 'passed-on'])
  rmSync(join(VECTORS_DIRECTORY, folder), { recursive: true, force: true });
const files = vectorFiles();
for (const [path, text] of files) {
  const file = join(VECTORS_DIRECTORY, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
console.log(`${String(files.size)} vectors written to ${VECTORS_DIRECTORY}`);
