/**
 * Counts what a reader of the code has to open: files, their lengths, files with types only or with one importer, and the files that
 * each of four flows runs through. Prints the tables, and fails above the limits.
 *
 * Needs the packages as built. Usage: node tools/structure.mjs
 */
import { countFiles } from './structure/count-files.mjs';
import { FLOWS, filesOf } from './structure/flows.mjs';

/** Most files that a package may have; all of them together, which grows with what Waxseal can do (0002-layout.md). */
const MOST_FILES = { core: 38, 'codec-server': 70, all: 571 };
const LONGEST = 250;
/** Files above {@link LONGEST}, and why they are one. */
const LONG = new Map([
  ['packages/core/src/base/errors.ts', 'all errors with their texts; each is what an operator reads'],
  ['packages/core/src/codec/envelope-codec.ts', 'the public face of the codec: more words than code'],
  ['packages/core/src/codec/codec-options.ts', 'the options with what they mean: more words than code'],
  ['packages/core/src/key/key-encryption-key.ts', 'the contract of a provider: more words than code'],
  ['packages/core/src/data-keys/decoding-keys.ts', 'one cache, whose entries live by one set of rules'],
  ['packages/core/src/keyring/request-queue.ts', 'one queue, whose fairness is one algorithm'],
  ['packages/testing/src/aws-kms/aws-kms-double.ts', 'the whole face of one double'],
  ['packages/testing/src/azure-key-vault/azure-key-vault-double.ts', 'the whole face of one double'],
  ['packages/testing/src/gcp-kms/gcp-kms-double.ts', 'the whole face of one double'],
  ['packages/testing/src/gcp-kms/answer.ts', 'one method of the service after the other'],
]);

const failures = [];
const rows = countFiles();
for (const { name, files } of rows) {
  const most = MOST_FILES[name];
  if (most !== undefined && files > most) failures.push(`${name} has ${files} files, more than ${most}.`);
}
for (const { file, lines } of rows
  .find(({ name }) => name === 'all')
  .lengths.filter(({ lines }) => lines > LONGEST)) {
  if (!LONG.has(file)) failures.push(`${file} has ${lines} lines, more than ${LONGEST}.`);
}
console.table(
  rows.map(({ name, files, median, longest, typesOnly, oneImporter }) => ({
    package: name,
    files,
    'median lines': median,
    longest: longest,
    'types only': typesOnly,
    'one importer': oneImporter,
  })),
);

const hops = [];
for (const flow of FLOWS) {
  const files = await filesOf(flow);
  hops.push({ flow: flow.title, files: files.length, 'at most': flow.most });
  if (files.length > flow.most) {
    failures.push(`${flow.title}: ${files.length} files, more than ${flow.most}:\n  ${files.join('\n  ')}`);
  }
}
console.table(hops);

for (const failure of failures) console.error(failure);
process.exit(failures.length === 0 ? 0 : 1);
