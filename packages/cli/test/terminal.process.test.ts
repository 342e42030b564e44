import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createLocalKeyringFile } from '@waxseal/local-key';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { hasPseudoTerminal, onTerminal, screenAfter, TERMINAL_IS_MISSING } from './support/pseudo-terminal';
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
    expect(await onTerminal(DOCTOR, {}, { behind: `> '${file}'` })).not.toContain(GREEN_OK);
    expect(readFileSync(file, 'utf8')).not.toContain(ESCAPE);
  });
});

const PAYLOAD = '{"metadata":{"encoding":"anNvbi9wbGFpbg=="},"data":"IngI"}';
const SLOWLY = `(echo '${PAYLOAD}'; sleep 5; echo '${PAYLOAD}') |`;
const COUNTED = `\r${ESCAPE}K0 payloads, `;

describe('what takes longer than a second', () => {
  onATerminal('counts on the terminal meanwhile, and leaves nothing of it', async () => {
    for (const args of [
      ['inspect', '--ndjson'],
      ['inspect', '--json'],
      ['decode', ...DOCTOR.slice(1)],
    ]) {
      const text = await onTerminal([...args, '-'], {}, { before: SLOWLY, behind: '> /dev/null' });
      expect(text).toContain(COUNTED);
      expect(screenAfter(text)).not.toContain('payloads, ');
    }
  });

  onATerminal('says what it waits for, where there is nothing to count', async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/readyz`;
    const text = await onTerminal(['health', '--url', url, '--timeout', '3']);
    server.closeAllConnections();
    server.close();
    expect(text).toContain(`\r\u001b[Kasking ${url}, `);
    expect(screenAfter(text)).toContain(`${url} does not answer within 3000 ms.`);
    expect(screenAfter(text)).not.toContain('asking');
  });

  onATerminal('says that a server is starting, while its key service takes its time', async () => {
    const vault = createServer((_request, response) => {
      setTimeout(() => response.writeHead(403).end('{"errors":["permission denied"]}'), 2_500);
    });
    await new Promise<void>((resolve) => vault.listen(0, '127.0.0.1', resolve));
    const VAULT_ADDR = `http://127.0.0.1:${String((vault.address() as AddressInfo).port)}`;
    const args = ['serve', '--port', '0', '--allow-encode', '--primary-key', 'vaulttransit://transit/orders'];
    const text = await onTerminal(args, { VAULT_ADDR, VAULT_TOKEN: 'a-token' });
    vault.closeAllConnections();
    vault.close();
    expect(text).toContain('\r\u001b[Kstarting the Codec Server, ');
    expect(screenAfter(text)).toContain('Key "vaulttransit://transit/orders": ');
    expect(screenAfter(text)).not.toContain('starting');
  });

  onATerminal('shows nothing on a dumb terminal, nor in a file', async () => {
    const input = { before: SLOWLY, behind: '> /dev/null' };
    expect(await onTerminal(['inspect', '-'], { TERM: 'dumb' }, input)).toBe('');
    const file = join(directory, 'err.txt');
    const behind = `2> '${file}' > /dev/null`;
    expect(await onTerminal(['inspect', '-'], {}, { before: SLOWLY, behind })).toBe('');
    expect(readFileSync(file, 'utf8')).toBe('');
  });
});

it('what is done at once draws no progress', async () => {
  if (isThere) expect(await onTerminal(['health', '--url', 'http://127.0.0.1:1/'])).not.toContain('asking');
});

it('a pipe gets no colours but with FORCE_COLOR', async () => {
  expect((await waxseal(DOCTOR, '', { NO_COLOR: '' })).stdout).not.toContain(ESCAPE);
  expect((await waxseal(DOCTOR, '', { FORCE_COLOR: '1' })).stdout).toContain(GREEN_OK);
});
