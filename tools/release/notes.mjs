// Prints the section of CHANGELOG.md that a tag names. Fails where the tag is not the version of the packages, or the
// section is missing or says that it is not released yet.
//
// Usage: node tools/release/notes.mjs v0.1.0
import { readFileSync } from 'node:fs';
import { commonVersion, publishedPackages } from './packages.mjs';

const [tag = ''] = process.argv.slice(2);
const version = commonVersion(publishedPackages(process.cwd()));
const heading = `## ${version} (`;
const found = readFileSync('CHANGELOG.md', 'utf8')
  .split(/^(?=## )/m)
  .find((part) => part.startsWith(heading));
if (tag !== `v${version}`)
  fail(`The tag is ${JSON.stringify(tag)}, and the packages have the version ${version}.`);
else if (found === undefined) fail(`CHANGELOG.md has no section "${heading}…": run npm run release:version.`);
else if (found.startsWith(`${heading}not released`))
  fail(`CHANGELOG.md: put the date in the place of "not released yet".`);
else console.log(found.slice(found.indexOf('\n')).trim());

function fail(message) {
  console.error(message);
  process.exitCode = 1;
}
