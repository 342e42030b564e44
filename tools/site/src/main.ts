/**
 * Builds the documentation site into `.cache/site/html`; with `--serve` it shows it until it is stopped.
 *
 * Usage: npm run site [-- --serve [--port 4173]]
 */
import { parseArgs } from 'node:util';
import { buildSite } from './build';
import { serveSite } from './serve';
import { HTML } from './settings';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { serve: { type: 'boolean', default: false }, port: { type: 'string', default: '4173' } },
  });
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535) {
    throw new Error(`--port ${values.port} is no port. Give a number from 0 to 65535; 0 takes a free one.`);
  }
  const outcome = await buildSite();
  console.log(`The site is ${outcome}: ${HTML}`);
  if (!values.serve) return;
  const { url } = await serveSite(port);
  console.log(`It is shown at ${url}. Stop it with Ctrl-C.`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
