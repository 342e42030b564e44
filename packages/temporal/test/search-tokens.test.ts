import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, it } from '@jest/globals';
import type { Payload } from '@temporalio/common';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';
import fc from 'fast-check';
import {
  parseSearchKeys,
  type SealedSearchKey,
  sealNewSearchKey,
  type SealedSearchKeys,
  searchKeysText,
} from '../src/search/search-keys';
import { isSearchToken, SearchTokens } from '../src/search/search-tokens';

const codec = new EnvelopeCodec({
  keyring: new Keyring({ primary: new LocalKey({ id: 'k', key: randomBytes(32) }) }),
});
afterAll(() => {
  codec.close();
});

/** Seals what stands in the place of a search key. */
async function sealed(payload: Payload): Promise<SealedSearchKey> {
  const [envelope] = await codec.encode([payload]);
  const base64 = (bytes: Uint8Array | null | undefined): string =>
    Buffer.from(bytes ?? []).toString('base64');
  const entries = Object.entries(envelope?.metadata ?? {}).map(([name, value]) => [name, base64(value)]);
  return { metadata: Object.fromEntries(entries) as Record<string, string>, data: base64(envelope?.data) };
}

const searchKey = (data: Uint8Array, encoding = 'binary/search-key'): Payload => ({
  metadata: { encoding: Buffer.from(encoding) },
  data,
});

const file = (...keys: SealedSearchKey[]): SealedSearchKeys => parseSearchKeys(searchKeysText(keys), 'file');

describe('tokens', () => {
  interface Vector {
    readonly searchKey: string;
    readonly attribute: string;
    readonly value: string;
    readonly tag: string;
    readonly token: string;
  }
  const path = join(__dirname, '../../../docs/spec/search-token-vectors.json');
  const { vectors } = JSON.parse(readFileSync(path, 'utf8')) as { readonly vectors: readonly Vector[] };

  it.each(vectors.map((vector) => [vector.token, vector] as const))(
    'are as specified: %s',
    async (_, vector) => {
      const key = await sealed(searchKey(Buffer.from(vector.searchKey, 'hex')));
      const tokens = await SearchTokens.open({ keys: file(key), codec });
      expect(tokens.tags).toEqual([vector.tag]);
      expect(tokens.token(vector.attribute, vector.value)).toBe(vector.token);
      expect(isSearchToken(vector.token)).toBe(true);
    },
  );

  it('differ by attribute, by value and by key, and are found while keys are replaced', async () => {
    const [old, fresh] = [await sealNewSearchKey(codec), await sealNewSearchKey(codec)];
    const before = await SearchTokens.open({ keys: file(old), codec });
    const meanwhile = await SearchTokens.open({ keys: file(fresh, old), codec });
    const names = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,20}$/);
    const values = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
      .filter((text) => text.isWellFormed());
    fc.assert(
      fc.property(names, names, values, values, (attribute, otherAttribute, value, otherValue) => {
        const [token, written] = [meanwhile.token(attribute, value), before.token(attribute, value)];
        expect(isSearchToken(token)).toBe(true);
        expect(token).not.toBe(written);
        expect(meanwhile.tokens(attribute, value)).toEqual([token, written]);
        expect(meanwhile.where(attribute, value)).toBe(`${attribute} IN ("${token}", "${written}")`);
        expect(meanwhile.token(otherAttribute, value) === token).toBe(otherAttribute === attribute);
        expect(meanwhile.token(attribute, otherValue) === token).toBe(otherValue === value);
      }),
    );
  });

  it.each([
    ['a name with a quote', 'A" OR 1=1', 'x'],
    ['no name', '', 'x'],
    ['an empty value', 'A', ''],
    ['a long value', 'A', 'x'.repeat(4_097)],
    ['half a character', 'A', '\ud800'],
    ['a number', 'A', 12 as unknown as string],
  ])('are not made of %s', async (_, attribute, value) => {
    const tokens = await SearchTokens.open({ keys: file(await sealNewSearchKey(codec)), codec });
    for (const make of ['token', 'tokens', 'where'] as const) {
      expect(() => tokens[make](attribute, value)).toThrow(
        expect.objectContaining({ code: 'WAXSEAL_CONFIGURATION' }),
      );
    }
  });

  it('do not show the keys', async () => {
    const key = Buffer.alloc(32, 7);
    const tokens = await SearchTokens.open({ keys: file(await sealed(searchKey(key))), codec });
    const shown = inspect(tokens, { depth: 9, showHidden: true }) + JSON.stringify(tokens);
    expect(shown).toContain(tokens.tags[0]);
    for (const form of ['hex', 'base64', 'latin1'] as const) expect(shown).not.toContain(key.toString(form));
    expect(shown).not.toMatch(/07 07 07/);
  });
});

describe('sealed search keys', () => {
  it('are refused where another payload of the application was put into their place', async () => {
    for (const payload of [
      jsonPayload('x'.repeat(30)),
      searchKey(Buffer.alloc(32), 'binary/plain'),
      searchKey(Buffer.alloc(31)),
    ]) {
      const keys = file(await sealed(payload));
      expect(await rejectionOf(() => SearchTokens.open({ keys, codec }))).toMatchObject({
        code: 'WAXSEAL_CONFIGURATION',
      });
    }
  });

  it('are never written in clear', async () => {
    const reading = new EnvelopeCodec({
      keyring: new Keyring({ primary: new LocalKey({ id: 'k', key: randomBytes(32) }) }),
      encrypt: false,
    });
    expect(await rejectionOf(() => sealNewSearchKey(reading))).toMatchObject({
      code: 'WAXSEAL_CONFIGURATION',
    });
    reading.close();
  });

  it.each([
    ['no JSON', '{"format"'],
    ['another format', '{"format": "x", "keys": []}'],
    ['null', 'null'],
    ['no keys', '{"format": "waxseal-search-keys/v1", "keys": []}'],
    [
      'a key in clear',
      JSON.stringify({
        format: 'waxseal-search-keys/v1',
        keys: [{ metadata: { encoding: 'YmluYXJ5L3NlYXJjaC1rZXk=' }, data: 'AAAA' }],
      }),
    ],
    ['no payload', '{"format": "waxseal-search-keys/v1", "keys": ["AAAA"]}'],
  ])('are refused with the file’s name: %s', (_, text) => {
    expect(() => parseSearchKeys(text, 'keys.json')).toThrow(/^keys\.json/);
  });

  it('are checked where they are no file, too', async () => {
    const one = await sealNewSearchKey(codec);
    const many = { format: 'waxseal-search-keys/v1', keys: new Array<SealedSearchKey>(9).fill(one) } as const;
    for (const keys of [many, { ...many, keys: [{}] }, { ...many, format: 'x' }, {}]) {
      const error = await rejectionOf(() => SearchTokens.open({ keys: keys as SealedSearchKeys, codec }));
      expect(error.message).toMatch(/^SearchTokens: keys: (format|keys)/);
    }
  });
});
