// What publint and attw have against tarballs, which are named as arguments: prints a JSON object from the
// path of each to two lists of complaints: every way of resolving is looked at, also that of Node.js 10, as which
// TypeScript calls the one without `exports`. One process for all, since attw brings a TypeScript of its own.
import { readFile } from 'node:fs/promises';

import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { problemKindInfo } from '@arethetypeswrong/core/problems';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const complaints = {};
for (const path of process.argv.slice(2)) {
  const data = new Uint8Array(await readFile(path));
  complaints[path] = { publint: await ofPublint(data), attw: await ofAttw(data) };
}
console.log(JSON.stringify(complaints));

async function ofPublint({ buffer }) {
  const { messages, pkg } = await publint({ level: 'warning', strict: true, pack: { tarball: buffer } });
  return messages.map((message) => formatMessage(message, pkg, { color: false }));
}

async function ofAttw(data) {
  const { types, problems } = await checkPackage(createPackageFromTarballData(data));
  if (types === false) return ['The package has no types.'];
  return problems.map((problem) => {
    const { title, description, docsUrl } = problemKindInfo[problem.kind];
    return `${title}: ${description} ${docsUrl} ${JSON.stringify(problem)}`;
  });
}
