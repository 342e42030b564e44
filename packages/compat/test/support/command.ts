import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

export const ROOT = resolve(__dirname, '../../../..');

/** Runs the `waxseal` command in a directory, with a configuration file that stands there. */
export async function command(
  directory: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const program = join(ROOT, 'packages/cli/bin/waxseal.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], {
    cwd: directory,
    env: {
      PATH: process.env['PATH'],
      HOME: directory,
      TEMPORAL_ADDRESS: process.env['WAXSEAL_TEST_TEMPORAL_ADDRESS'],
      WAXSEAL_CONFIG: join(directory, 'waxseal.config.mjs'),
      ...env,
    },
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout;
}

/** The configuration file that a page of the documentation shows. */
export function documentedConfiguration(page: string): string {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const shown = /```js\n(\/\/ waxseal\.config\.mjs\n[^]*?@waxseal\/compat[^]*?)```/.exec(text)?.[1];
  if (shown === undefined) throw new Error(`${page} shows no configuration.`);
  return shown;
}

/** That of docs/migrating.md, with the line of readers in the place of the first that the page marks so. */
export function configurationReadingAs(mark: string): string {
  const page = 'docs/migrating.md';
  const lines = readFileSync(join(ROOT, page), 'utf8').split('\n');
  const line = lines.find((each) => each.startsWith('new ') && each.includes(`), // ${mark}`));
  if (line === undefined) throw new Error(`${page} shows no reader of ${mark}.`);
  return documentedConfiguration(page)
    .replace(/^ *new SamplesCodec.*$/m, line)
    .replace(/^ *new TemporalProxyCodec.*$/m, '')
    .replace('{ SamplesCodec, TemporalProxyCodec }', '{ FernetCodec, SamplesCodec }')
    .replace('import', "import { ZlibCodec } from '@waxseal/compression';\n$&");
}
