/**
 * Makes the module that holds the script of the Codec Server's page, and compares it with the one that is
 * there. With `--write` it writes it. The script is a file of its own, so that it is linted; the server has it
 * as a text, since a server that is bundled has no file beside it.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const SCRIPT = 'packages/codec-server/browser/page.js';
const MODULE = 'packages/codec-server/src/pages/page-script.ts';

const literal = readFileSync(SCRIPT, 'utf8').replaceAll(/[\\`]|\$\{/g, (found) => `\\${found}`);
const module = `/** \`browser/page.js\`, as \`npm run api\` copies it. Its hash is in the Content-Security-Policy. */
export const PAGE_SCRIPT = \`${literal}\`;
`;
if (process.argv.includes('--write')) writeFileSync(MODULE, module);
else if (readFileSync(MODULE, 'utf8') !== module) {
  console.error(`${MODULE} is not what ${SCRIPT} is. Write it with: npm run api`);
  process.exit(1);
}
