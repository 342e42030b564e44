import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createLocalKeyringFile } from '@waxseal/local-key';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { pathOf } from '../src/program';
import { doers } from './support/doers';
import { startWaxseal, waitForLine, waxseal } from './support/waxseal';

const directory = temporaryDirectory();
const keyring = join(directory, 'keyring.json');
createLocalKeyringFile(keyring, { id: 'orders' });
writeFileSync(join(directory, 'clear.json'), '{"metadata":{"encoding":"anNvbi9wbGFpbg=="},"data":"IngI"}');
const env = { WAXSEAL_PRIMARY_KEY: `local://${keyring}#orders`, WAXSEAL_STORE: 'pglite:' };

async function run(...args: string[]): Promise<unknown> {
  const ended = await waxseal([...args, '--json'], '', env, directory);
  expect([args, ended.exitCode, ended.stderr.replaceAll(/^\{"notice".*\}\n/gm, '')]).toEqual([args, 0, '']);
  return JSON.parse(ended.stdout);
}

it('every command takes --json', () => {
  const without = doers().filter(({ options }) => !options.some(({ long }) => long === '--json'));
  expect(without.map(pathOf)).toEqual([]);
});

describe('--json', () => {
  it('of keygen prints what was made, and not the key', async () => {
    const file = join(directory, 'made.json');
    expect(await run('keygen', file, '--id', 'a')).toEqual({
      file,
      keyId: 'a',
      encrypts: true,
      uri: `local://${file}#a`,
    });
    expect(await run('keygen', file, '--add-version')).toEqual({ file, keyId: 'a/v2', encrypts: false });
    expect(await run('keygen', file, '--promote')).toEqual({ file, keyId: 'a/v2', encrypts: true });
  });

  it('of store check and migrate prints one document', async () => {
    expect(await run('store', 'check')).toMatchObject({ ok: true, kind: 'pglite' });
    expect(await run('store', 'migrate')).toMatchObject({ schema: 'waxseal', granted: [] });
    const planned = await run('store', 'migrate', '--dry-run');
    expect(planned).toMatchObject({ dryRun: true, statements: expect.any(Array) as unknown });
  });

  it('of search-keys prints one document', async () => {
    const file = join(directory, 'search.json');
    expect(await run('search-keys', 'add', file)).toEqual({ file, keys: 1, makesTokens: true });
    expect(await run('search-keys', 'add', file)).toEqual({ file, keys: 2, makesTokens: false });
    const [first, second] = (await run('search-keys', 'list', file)) as { readonly tag: string }[];
    expect(await run('search-keys', 'promote', file)).toEqual({ file, tag: second?.tag, makesTokens: true });
    const removed = { file, tag: first?.tag, removed: true };
    expect(await run('search-keys', 'remove', file, `wst1-${first?.tag ?? ''}-`)).toEqual(removed);
  });

  it('of decode with --out says how many were decoded', async () => {
    const out = join(directory, 'decoded.json');
    expect(await run('decode', join(directory, 'clear.json'), '--out', out)).toEqual({
      out,
      payloads: 1,
      unreadable: 0,
      reasons: {},
    });
  });

  it('of subjects list prints an array, and --ndjson lines', async () => {
    expect(await run('subjects', 'list')).toEqual([]);
    const { stdout } = await waxseal(['subjects', 'list', '--ndjson'], '', env, directory);
    expect(stdout).toBe('');
    const both = await waxseal(['subjects', 'list', '--ndjson', '--json'], '', env, directory);
    expect([both.exitCode, both.stdout]).toEqual([2, '']);
  });

  it('of serve says where it listens, and logs in JSON; with --check it prints the checks', async () => {
    expect(await run('serve', '--check')).toMatchObject({ ok: true });
    const child = startWaxseal(['serve', '--port', '0', '--json'], env, directory);
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const [line] = await waitForLine(child, /^.*\n/);
    const { url, keyIds } = JSON.parse(line) as { readonly url: string; readonly keyIds: unknown };
    expect(keyIds).toEqual(['orders']);
    const health = ['health', '--url', `${url}/healthz`];
    expect(await run(...health)).toEqual({ url: `${url}/healthz`, status: 200 });
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    for (const each of stderr.trim().split('\n')) expect(JSON.parse(each)).toHaveProperty('event');
  });
});
