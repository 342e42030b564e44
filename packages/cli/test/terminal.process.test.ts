import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createLocalKeyringFile } from '@waxseal/local-key';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { hasPseudoTerminal, onTerminal, TERMINAL_IS_MISSING } from './support/pseudo-terminal';
import { waxseal } from './support/waxseal';

const isThere = hasPseudoTerminal();
if (!isThere) console.warn(TERMINAL_IS_MISSING);
const onATerminal = isThere ? it : it.skip;

const directory = temporaryDirectory();
const keyring = join(directory, 'keyring.json');
createLocalKeyringFile(keyring, { id: 'orders' });
const DOCTOR = ['doctor', '--primary-key', `local://${keyring}#orders`];
const GREEN_OK = '\u001b[32mok\u001b[39m';
const ESCAPE = '\u001b[';

describe('on a terminal', () => {
  onATerminal('status words, headings and errors have colours', async () => {
    const checked = await onTerminal(DOCTOR);
    expect(checked).toContain(`  ${GREEN_OK}    `);
    expect(checked).toContain('\u001b[1morders (primary key)\u001b[22m');
    expect(await onTerminal(['nosuch'])).toContain('\u001b[1m\u001b[31mwaxseal:\u001b[39m\u001b[22m Unknown');
    expect(await onTerminal(['keys', '--help'])).toContain('\u001b[1mCommands:\u001b[22m');
    expect(await onTerminal(['count', '--help'])).toContain('\u001b[1mExamples:\u001b[22m');
  });

  onATerminal.each<[string, readonly string[], NodeJS.ProcessEnv]>([
    ['NO_COLOR', DOCTOR, { NO_COLOR: '1' }],
    ['TERM=dumb', DOCTOR, { TERM: 'dumb' }],
    ['--no-color', [...DOCTOR, '--no-color'], {}],
    ['--json', [...DOCTOR, '--json'], {}],
    ['--json and FORCE_COLOR', [...DOCTOR, '--json'], { FORCE_COLOR: '1' }],
    ['NO_COLOR, for help', ['count', '--help'], { NO_COLOR: '1' }],
    ['--no-color in front of the command', ['--no-color', ...DOCTOR], {}],
  ])('there are none with %s', async (_what, args, environment) => {
    expect(await onTerminal(args, environment)).not.toContain(ESCAPE);
  });

  onATerminal('a file beside it gets none', async () => {
    const file = join(directory, 'out.txt');
    expect(await onTerminal(DOCTOR, {}, `> '${file}'`)).not.toContain(GREEN_OK);
    expect(readFileSync(file, 'utf8')).not.toContain(ESCAPE);
  });
});

it('a pipe gets no colours but with FORCE_COLOR', async () => {
  expect((await waxseal(DOCTOR, '', { NO_COLOR: '' })).stdout).not.toContain(ESCAPE);
  expect((await waxseal(DOCTOR, '', { FORCE_COLOR: '1' })).stdout).toContain(GREEN_OK);
});
