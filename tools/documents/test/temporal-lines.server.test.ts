import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { codeBlocks, pages, placeIn } from './support/code-blocks';
import { commandsOf, scriptOf } from './support/shell-commands';

const cli = process.env['WAXSEAL_TEST_TEMPORAL_CLI'] ?? '';
if (cli === '') console.warn('Lines of the temporal command are not tested: there is none.');
const test = cli === '' ? it.skip : it;

const lines = pages()
  .flatMap(codeBlocks)
  .filter(({ language }) => ['sh', 'console'].includes(language))
  .flatMap((block) =>
    commandsOf(scriptOf(block))
      .filter(({ program }) => program === 'temporal')
      .map(({ args, line }) => ({ place: placeIn(block, line), args })),
  );

const asked = new Map<string, Promise<string>>();
function said(...args: readonly string[]): Promise<string> {
  const name = args.join(' ');
  const found = asked.get(name) ?? promisify(execFile)(cli, [...args]).then(({ stdout }) => stdout);
  asked.set(name, found);
  return found;
}

/** What of a line the command does not have: the command itself, or options. */
async function unknownIn(args: readonly string[]): Promise<readonly string[]> {
  const end = args.findIndex((arg) => arg.startsWith('-'));
  const command = args.slice(0, end < 0 ? undefined : end);
  const help = await said(...command, '--help');
  const options = help + (await said('options'));
  if (!help.includes(`temporal ${command.join(' ')} [flags]`)) return [command.join(' ')];
  return args
    .flatMap((arg) => /^--?[a-z][a-z-]*/.exec(arg)?.[0] ?? [])
    .filter((option) => !new RegExp(`(?:^|[\\s,])${option}[\\s,]`, 'm').test(options));
}

test('the temporal command has what the blocks give it', async () => {
  expect(lines.length).toBeGreaterThan(8);
  const unknown = await Promise.all(lines.map(async ({ place, args }) => [place, await unknownIn(args)]));
  expect(unknown.filter(([, names]) => names?.length !== 0)).toEqual([]);
});

test('it would be seen that it has not', async () => {
  expect(await unknownIn(['workflow', 'show', '--codec-end-point', 'x', '-w', 'y'])).toEqual([
    '--codec-end-point',
  ]);
  expect(await unknownIn(['workflow', 'shows', '-w', 'y'])).toEqual(['workflow shows']);
});
