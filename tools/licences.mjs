// Checks the licences of everything in package-lock.json: what applications install with Waxseal must have one of a few
// permissive licences, and so must what only development needs, but for what is listed with its reason.
import { readFileSync } from 'node:fs';

const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MIT',
  'Unlicense',
]);
/** Only for development, and not published with anything; and packages whose manifest names none. */
const EXCEPTIONS = {
  '@iconify-json/simple-icons': 'CC0-1.0: pictures that VitePress may draw; the site shows none',
  'axe-core': 'MPL-2.0: looks at the pages in tests',
  argparse: 'Python-2.0: reads the files of changesets',
  'caniuse-lite':
    'CC-BY-4.0: data on browsers, which webpack asks for when it bundles workflows; nothing of it is in a bundle',
  spawndamnit: 'SEE LICENSE IN LICENSE, which is MIT: starts Git for changesets',
  unionfs: 'names none in its manifest; its LICENSE is the Unlicense: files of a bundle of workflows',
};

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const unused = new Set(Object.keys(EXCEPTIONS));
const failures = [];
let counted = 0;
for (const [path, { license, link, dev }] of Object.entries(packages)) {
  if (link || !path.includes('node_modules/')) continue;
  counted++;
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  if (isAllowed(license)) continue;
  if (name in EXCEPTIONS) unused.delete(name);
  else failures.push(`${path}: ${license ?? 'no licence'}${dev ? ', for development' : ''}`);
}
for (const name of unused)
  failures.push(`${name} is listed as an exception, and is none: remove it from tools/licences.mjs.`);
if (failures.length > 0) {
  console.error(
    `Licences that are not allowed; choose another package, or list it in tools/licences.mjs with a reason:`,
  );
  console.error(failures.join('\n'));
} else console.log(`${counted} packages have an allowed licence.`);
process.exitCode = failures.length > 0 ? 1 : 0;

/** One of `A OR B` is enough, and of `A AND B` it takes both. */
function isAllowed(license) {
  if (typeof license !== 'string') return false;
  const bare = license.replaceAll(/[()]/g, '');
  if (bare.includes(' AND ') && bare.includes(' OR ')) return false;
  const parts = bare.split(/ AND | OR /);
  return bare.includes(' OR ')
    ? parts.some((part) => ALLOWED.has(part))
    : parts.every((part) => ALLOWED.has(part));
}
