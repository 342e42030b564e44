import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { folder, type Folder } from './support/folder';
import { loadIn } from './support/load-in';

const CODE = (path: string, types: boolean): string => `
import { defineConfig } from '@waxseal/config';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
const keyring${types ? ': Keyring' : ''} = new Keyring({ primary: LocalKey.fromFile(${JSON.stringify(join(path, 'orders.keys'))}) });
const upper = { encode: async (payloads) => payloads, decode: async (payloads) => payloads };
export default defineConfig({ keyring, codecs: [upper, new EnvelopeCodec({ keyring, binding: 'workflow' })], server: { port: 1 } });
`;

/** A folder with a local key and this file. */
function with_(name: string, text: (made: Folder) => string): Folder {
  const made = folder();
  made.keyUri('orders');
  made.write(name, text(made));
  return made;
}

describe('loadConfig', () => {
  it.each(['mjs', 'ts'])('runs waxseal.config.%s', async (extension) => {
    const name = `waxseal.config.${extension}`;
    const { path } = with_(name, (made) => CODE(made.path, extension === 'ts'));
    expect(await loadIn(path)).toMatchObject({
      source: expect.stringContaining(join(path, name)),
      keys: ['primary orders'],
      codec: { binding: 'workflow' },
      codecs: ['Object', 'the envelope codec'],
      server: { port: 1 },
    });
  });

  it.each(['js', 'cjs'])('runs waxseal.config.%s in CommonJS', async (extension) => {
    const { path } = with_(
      `waxseal.config.${extension}`,
      ({ keyUri }) => `
        const { Keyring } = require('@waxseal/core');
        const { keyringFromUris } = require('@waxseal/config');
        module.exports = { primaryKey: ${JSON.stringify(keyUri('orders'))}, envelope: { binding: 'none' } };`,
    );
    expect(await loadIn(path)).toMatchObject({ keys: ['primary orders'], codec: { binding: 'none' } });
  });

  it('reads waxseal.config.json', async () => {
    const { path } = with_('waxseal.config.json', ({ keyUri }) =>
      JSON.stringify({
        primaryKey: keyUri('orders'),
        additionalKeys: [keyUri('second')],
        decryptKeys: [keyUri('old'), keyUri('orders')],
        server: { allowedOrigins: ['http://localhost:8233'] },
      }),
    );
    expect(await loadIn(path)).toMatchObject({
      keys: ['primary orders', 'additional second', 'decryptOnly old'],
      codecs: ['the envelope codec'],
      server: { allowedOrigins: ['http://localhost:8233'] },
    });
  });

  it('takes keys from the environment, without a file and in the place of those of a file', async () => {
    const bare = folder();
    const environment = {
      WAXSEAL_PRIMARY_KEY: bare.keyUri('new'),
      WAXSEAL_ADDITIONAL_KEYS: bare.keyUri('second'),
      WAXSEAL_DECRYPT_KEYS: `${bare.keyUri('old')}, ${bare.keyUri('older')}`,
    };
    const keys = ['primary new', 'additional second', 'decryptOnly old', 'decryptOnly older'];
    expect(await loadIn(bare.path, environment)).toMatchObject({ keys });
    bare.write('waxseal.config.json', JSON.stringify({ primaryKey: bare.keyUri('orders') }));
    expect(await loadIn(bare.path, environment)).toMatchObject({ keys });
    expect(await loadIn(bare.path)).toMatchObject({ keys: ['primary orders'] });
  });

  it('puts compression before all other codecs', async () => {
    const json = with_('waxseal.config.json', ({ keyUri }) =>
      JSON.stringify({ primaryKey: keyUri('orders'), compression: { format: 'zlib', level: 9 } }),
    );
    const [first, ...others] = (await loadIn(json.path)).codecs ?? [];
    expect([first, others.at(-1)]).toEqual(['ZlibCodec', 'the envelope codec']);
    const made = with_('waxseal.config.mjs', ({ path }) => CODE(path, false));
    const { codecs = [] } = await loadIn(made.path, { WAXSEAL_COMPRESSION: 'zlib' });
    expect([codecs[0], codecs.slice(-2)]).toEqual(['ZlibCodec', ['Object', 'the envelope codec']]);
    expect((await loadIn(json.path, { WAXSEAL_COMPRESSION: 'none' })).codecs).toEqual(['the envelope codec']);
    expect((await loadIn(json.path, { WAXSEAL_COMPRESION: 'zlib' })).error).toMatch(
      /Is WAXSEAL_COMPRESSION meant/,
    );
  });

  it('takes from WAXSEAL_ENCRYPT or from the file whether it encrypts, and refuses two that differ', async () => {
    const made = folder();
    const file = (envelope: object): void => {
      made.write('waxseal.config.json', JSON.stringify({ primaryKey: made.keyUri('orders'), envelope }));
    };
    file({ encrypt: false });
    expect(await loadIn(made.path)).toMatchObject({ codec: { encrypt: false } });
    expect((await loadIn(made.path, { WAXSEAL_ENCRYPT: 'true' })).error).toContain('Remove one of the two');
    expect(await loadIn(made.path, { WAXSEAL_ENCRYPT: '' })).toMatchObject({ codec: { encrypt: false } });
    expect((await loadIn(made.path, { WAXSEAL_ENCRYPT: 'no' })).error).toContain('WAXSEAL_ENCRYPT');
    file({ encrypt: true });
    expect((await loadIn(made.path, { WAXSEAL_ENCRYPT: 'false' })).error).toContain('envelope.encrypt: true');
    file({});
    expect(await loadIn(made.path, { WAXSEAL_ENCRYPT: 'false' })).toMatchObject({
      codec: { encrypt: false },
    });
    file({ requireEncryption: true });
    expect((await loadIn(made.path, { WAXSEAL_ENCRYPT: 'false' })).error).toContain('requireEncryption');
    const { path } = with_('waxseal.config.mjs', (folder) => CODE(folder.path, false));
    expect((await loadIn(path, { WAXSEAL_ENCRYPT: 'false' })).error).toContain('WAXSEAL_ENCRYPT');
    expect(await loadIn(path, { WAXSEAL_ENCRYPT: 'true' })).toMatchObject({ codec: { encrypt: true } });
  });

  it('knows schemes of your own', async () => {
    const { path } = with_(
      'waxseal.config.mjs',
      ({ keyUri }) => `
        import { defineConfig } from '@waxseal/config';
        import { LocalKey } from '@waxseal/local-key';
        class MyHsmKey {
          static fromUri({ host }) { return new LocalKey({ id: host, key: new Uint8Array(32) }); }
        }
        export default defineConfig({
          keySchemes: { myhsm: MyHsmKey },
          primaryKey: 'myhsm://orders',
          decryptKeys: [${JSON.stringify(keyUri('old'))}],
        });`,
    );
    expect(await loadIn(path)).toMatchObject({ keys: ['primary orders', 'decryptOnly old'] });
    expect(await loadIn(path, { WAXSEAL_PRIMARY_KEY: 'otherhsm://orders' })).toMatchObject({
      code: 'WAXSEAL_CONFIGURATION',
      error: expect.stringContaining('myhsm://'),
    });
  });

  it('gives a function that chooses keyrings on', async () => {
    const { path } = with_('waxseal.config.mjs', () => 'export default { keyring: () => { throw 1; } };');
    expect(await loadIn(path)).toMatchObject({ keys: 'function' });
  });

  it('reads the file that WAXSEAL_CONFIG names, and no other', async () => {
    const made = with_('orders.json', ({ keyUri }) => JSON.stringify({ primaryKey: keyUri('orders') }));
    made.write('waxseal.config.json', '{');
    expect(await loadIn(made.path, { WAXSEAL_CONFIG: 'orders.json' })).toMatchObject({
      keys: ['primary orders'],
    });
    expect((await loadIn(made.path, { WAXSEAL_CONFIG: 'missing.json' })).error).toContain('missing.json');
  });

  it('asks for a key where none is named', async () => {
    expect(await loadIn(folder().path)).toEqual({
      code: 'WAXSEAL_CONFIGURATION',
      error: expect.stringContaining('WAXSEAL_PRIMARY_KEY'),
    });
  });

  it('names the variable of a key that cannot be used, and the key of a list', async () => {
    const { path, keyUri } = folder();
    const variables = { WAXSEAL_PRIMARY_KEY: keyUri('orders') };
    expect((await loadIn(path, { WAXSEAL_PRIMARY_KEY: 'kms://x' })).error).toMatch(
      /^WAXSEAL_PRIMARY_KEY: .*"kms:" is not known/,
    );
    const second = { WAXSEAL_DECRYPT_KEYS: `${keyUri('former')},awskms:///nothing` };
    expect((await loadIn(path, { ...variables, ...second })).error).toMatch(/^WAXSEAL_DECRYPT_KEYS\[1\]: /);
  });

  it.each([
    ['WAXSEAL_PRIMARY_KYE', undefined],
    ['WAXSEAL_DECRYPT_KEY', 'WAXSEAL_DECRYPT_KEYS'],
    ['waxseal_decrypt_keys', 'WAXSEAL_DECRYPT_KEYS'],
    ['WAXSEAL_ADDITONAL_KEYS', 'WAXSEAL_ADDITIONAL_KEYS'],
    ['WAXSEAL_CONFGI', undefined],
    ['WAXSEAL_PRIMARY_KEY_ID', undefined],
  ])('names %s, which is misspelt', async (name, meant) => {
    const { path, keyUri } = folder();
    const { error, warnings } = await loadIn(path, {
      WAXSEAL_PRIMARY_KEY: keyUri('orders'),
      [name]: keyUri('other'),
    });
    if (meant === undefined) expect(warnings).toEqual([expect.stringContaining(name)]);
    else expect(error).toMatch(new RegExp(`^The variable ${name} is none .*Is ${meant} meant\\?`));
  });

  it('takes keys from variables with line ends, as files of secrets have them', async () => {
    const { path, keyUri } = folder();
    expect(await loadIn(path, { WAXSEAL_PRIMARY_KEY: `${keyUri('orders')}\n` })).toMatchObject({
      keys: ['primary orders'],
      warnings: [],
    });
  });

  it('does not choose between two files', async () => {
    const made = with_('waxseal.config.json', () => '{}');
    made.write('waxseal.config.cjs', '');
    expect((await loadIn(made.path)).error).toMatch(/waxseal\.config\.cjs and waxseal\.config\.json/);
  });

  it.each<[string, string, RegExp]>([
    ['json', '{ secret', /^waxseal\.config\.json is not JSON: see line 1, column 3\.$/],
    ['json', '[]', /^waxseal\.config\.json: Options must be an object\.$/],
    [
      'json',
      '{"primarykey": "local:///x"}',
      /^waxseal\.config\.json: primarykey is not an option; there are /,
    ],
    ['json', '{"primaryKey": 7}', /^waxseal\.config\.json: primaryKey must be a text/],
    ['json', '{"decryptKeys": ["local:///x", 7]}', /^waxseal\.config\.json: decryptKeys\[1\] must be a text/],
    ['json', '{"decryptKeys": "local:///x"}', /^waxseal\.config\.json: decryptKeys must be an array/],
    ['json', '{"server": {"port": 70000}}', /^waxseal\.config\.json: server\.port must be a whole number/],
    ['json', '{"server": {"prot": 1}}', /^waxseal\.config\.json: server\.prot is not an option; there are /],
    [
      'json',
      '{"server": {"auth": [{"type": "jwt", "issuer": "http://a.example"}]}}',
      /server\.auth\[0\]\.issuer must be an HTTPS/,
    ],
    ['json', '{"server": {"deadline": "9s"}}', /server\.deadline must be a duration .*below 8 s/],
    [
      'json',
      '{"server": {"policies": {"support": {"mask": []}}}}',
      /server\.policies\.support\.mask must be a list/,
    ],
    ['json', '{"server": {"tls": {"certFiles": "x"}}}', /server\.tls\.certFiles is not an option/],
    ['json', '{"codecs": [{}]}', /^waxseal\.config\.json: codecs\[0\] must be a PayloadCodec/],
    [
      'json',
      '{"envelope": {"keyring": {}}}',
      /^waxseal\.config\.json: envelope\.keyring stands beside envelope/,
    ],
    [
      'json',
      '{"additionalKeys": ["local:///x"]}',
      /^waxseal\.config\.json: additionalKeys needs a primary key/,
    ],
    ['json', '{"primaryKey": "local:///x"}', /^waxseal\.config\.json: primaryKey: .*\/x/],
    [
      'json',
      '{"primaryKey": "kms://x"}',
      /^waxseal\.config\.json: primaryKey: .*awskms:\/\/.*gcpkms:\/\/.*azurekeyvault:\/\//,
    ],
    ['cjs', 'module.exports = { keyring: {} }', /^waxseal\.config\.cjs: .*keyring must be/],
    ['mjs', 'export const config = {};', /^waxseal\.config\.mjs has no default export/],
    ['mjs', 'export default {', /^waxseal\.config\.mjs could not be loaded: /],
    ['mjs', 'import "not-installed";', /^waxseal\.config\.mjs could not be loaded: .*not-installed/],
  ])('says what is wrong with waxseal.config.%s: %s', async (extension, text, expected) => {
    const { path } = with_(`waxseal.config.${extension}`, () => text);
    const { code, error } = await loadIn(path);
    expect(code).toBe('WAXSEAL_CONFIGURATION');
    expect(error).toMatch(expected);
  });

  it('names the option of the envelope codec that is wrong, and the file', async () => {
    const { path } = with_('waxseal.config.json', ({ keyUri }) =>
      JSON.stringify({ primaryKey: keyUri('orders'), envelope: { binding: 'x' } }),
    );
    expect((await loadIn(path)).error).toMatch(/^waxseal\.config\.json: .*binding/);
  });

  it('makes the keyring with its limits, and names the one that is wrong', async () => {
    const made = with_('waxseal.config.json', ({ keyUri }) =>
      JSON.stringify({
        primaryKey: keyUri('orders'),
        wrapPolicy: 'atLeastOne',
        requests: { totalTimeout: '5s' },
      }),
    );
    expect(await loadIn(made.path)).toMatchObject({ keys: ['primary orders'] });
    const wrong = { primaryKey: made.keyUri('orders'), requests: { totalTimeout: '5 parsecs' } };
    made.write('waxseal.config.json', JSON.stringify(wrong));
    expect((await loadIn(made.path)).error).toMatch(/requests\.totalTimeout/);
  });

  it('does not ignore keys that are named in a second place', async () => {
    const made = with_('waxseal.config.mjs', ({ path }) => CODE(path, false));
    const { error } = await loadIn(made.path, { WAXSEAL_PRIMARY_KEY: made.keyUri('other') });
    expect(error).toMatch(/WAXSEAL_PRIMARY_KEY would have no effect/);
    made.write('waxseal.config.mjs', CODE(made.path, false).replace('codecs:', 'envelope: {}, codecs:'));
    expect((await loadIn(made.path)).error).toMatch(/envelope would have no effect/);
  });
});
