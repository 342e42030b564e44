import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { LocalKey } from '@waxseal/local-key';
import { localKeyUri } from '@waxseal/config';
import { temporaryDirectory } from '@waxseal/test-support/temporary-directory';
import { aFailure } from './support/a-failure';
import { waxseal } from './support/waxseal';

const directory = temporaryDirectory();

describe('waxseal keygen', () => {
  it('writes a private key-ring file, prints its URI and never the key, and does not overwrite it', async () => {
    const file = join(directory, 'made.json');
    const made = await waxseal(['keygen', file, '--id', 'orders']);
    expect(made).toMatchObject({ exitCode: 0, stderr: '' });
    expect(made.stdout).toContain(`WAXSEAL_PRIMARY_KEY=local://${file}#orders\n`);
    const text = await readFile(file, 'utf8');
    const material = /"material": "([^"]+)"/.exec(text)?.[1];
    expect(material).toHaveLength(44);
    expect(made.stdout).not.toContain(material);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(LocalKey.fromFile(file).id).toBe('orders');

    const again = await waxseal(['keygen', file]);
    expect(again.exitCode).toBe(1);
    expect(again.stderr).toMatch(aFailure('WAXSEAL_CONFIGURATION', '[^\\n]*exists already[^\\n]*'));
    await expect(readFile(file, 'utf8')).resolves.toBe(text);
  });

  it('rotates at once, or in two steps', async () => {
    const file = join(directory, 'rotated.json');
    await waxseal(['keygen', file, '--id', 'orders']);
    const aad = Buffer.from('test');
    const wrapsUnder = async () => (await LocalKey.fromFile(file).wrap(Buffer.alloc(32), aad)).keyId;
    await expect(waxseal(['keygen', '--rotate', file])).resolves.toMatchObject({ exitCode: 0 });
    await expect(wrapsUnder()).resolves.toBe('orders/v2');
    await expect(waxseal(['keygen', file, '--add-version'])).resolves.toMatchObject({ exitCode: 0 });
    await expect(wrapsUnder()).resolves.toBe('orders/v2');
    await expect(waxseal(['keygen', file, '--promote'])).resolves.toMatchObject({ exitCode: 0 });
    await expect(wrapsUnder()).resolves.toBe('orders/v3');
  });

  it('refuses options that exclude each other', async () => {
    const both = await waxseal(['keygen', join(directory, 'x.json'), '--rotate', '--promote']);
    expect(both).toMatchObject({ exitCode: 2, stdout: '' });
  });

  it('writes URIs for any path', () => {
    expect(localKeyUri('/etc/a b/k,1.json', 'a/b#c')).toBe('local:///etc/a%20b/k%2C1.json#a%2Fb%23c');
  });
});
