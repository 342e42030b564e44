/**
 * Makes one file of what `waxseal init` reads code by, and compares it with the one that `@waxseal/cli` ships. With
 * `--write` it writes it. acorn-typescript is an ES module that imports another package: in a project of CommonJS,
 * Yarn's Plug'n'Play finds that neither when it is required nor when it is imported.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const FILE = 'packages/cli/vendor/parser.cjs';
const PACKAGES = ['acorn', '@sveltejs/acorn-typescript'];

const notices = PACKAGES.map((name) => {
  const folder = `node_modules/${name}`;
  const { version } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const licence = readdirSync(folder).find((file) => file.startsWith('LICENSE'));
  return `${name} ${version}\n\n${readFileSync(`${folder}/${licence}`, 'utf8').trim()}`;
});
const { outputFiles } = await build({
  stdin: {
    contents: `export { Parser } from 'acorn'; export { tsPlugin } from '@sveltejs/acorn-typescript';`,
    resolveDir: process.cwd(),
  },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  minifyWhitespace: true,
  banner: { js: `/*!\nMade by tools/parser-bundle.mjs of:\n\n${notices.join('\n\n')}\n*/` },
  write: false,
});
const [{ text = '' } = {}] = outputFiles;
if (process.argv.includes('--write')) writeFileSync(FILE, text);
else if (readFileSync(FILE, 'utf8') !== text) {
  console.error(`${FILE} is not made of the packages that are installed. Write it with: npm run api`);
  process.exit(1);
}
