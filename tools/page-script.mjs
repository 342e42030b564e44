/**
 * Makes the module with the script and the style of the Codec Server's page, and compares it with the one that is there. With `--write` it
 * writes it. Both are files of their own, so that they are checked; the server has them as texts, since a server that is bundled has no file
 * beside it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { format, resolveConfig } from 'prettier';

const FOLDER = 'packages/codec-server/browser';
const MODULE = 'packages/codec-server/src/pages/page-assets.ts';

const { outputFiles } = await build({
  entryPoints: [`${FOLDER}/page.ts`, `${FOLDER}/page.css`],
  outdir: 'out',
  write: false,
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  charset: 'utf8',
  lineLimit: 200,
  tsconfigRaw: {},
});
const [script, style] = ['.js', '.css'].map((end) =>
  outputFiles.find(({ path }) => path.endsWith(end)).text.trim(),
);
if (/<\/(?:script|style)|<!--/i.test(script + style))
  throw new Error('The page’s script or style would end early in its HTML.');

const literal = (text) => `\`${text.replaceAll(/[\\`]|\$\{/g, (found) => `\\${found}`)}\``;
const source = `/** The script of the page, which \`npm run api\` makes of \`browser/\`. Its hash is in the page's policy. */
export const PAGE_SCRIPT = ${literal(script)};

/** The style of the page, likewise. */
export const PAGE_STYLE = ${literal(style)};
`;
const module = await format(source, { ...(await resolveConfig(MODULE)), filepath: MODULE });
if (process.argv.includes('--write')) writeFileSync(MODULE, module);
else if (readFileSync(MODULE, 'utf8') !== module) {
  console.error(`${MODULE} is not what ${FOLDER} is. Write it with: npm run api`);
  process.exit(1);
}
