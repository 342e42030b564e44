import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { temporal } from '@temporalio/proto';
import { hasZstd, ZlibCodec, ZstdCodec } from '@waxseal/compression';
import { EnvelopeCodec, Keyring } from '@waxseal/core';
import { LocalKey } from '@waxseal/local-key';
import { choose } from '../src/reseal/choose';
import { NeededTokens } from '../src/store/needed-tokens';
import { ENCRYPTED, identify, NO_KEY_NAMED, type PayloadFormat } from '../src/scan/payload-format';
import { Usage } from '../src/scan/usage';
import { readUsage } from '../src/scan/read-usage';
import { typeOf } from '../src/scan/messages';
import type { PayloadMessage } from '../src/scan/walk';
import { under } from './support/fake-temporal';

const Payload = temporal.api.common.v1.Payload;

/** Payloads that other implementations wrote. */
const PEERS = (
  JSON.parse(readFileSync(join(__dirname, '../../compat/test/vectors/peers.json'), 'utf8')) as {
    readonly vectors: readonly {
      readonly name: string;
      readonly format: PayloadFormat;
      readonly payload: { readonly metadata: Readonly<Record<string, string>>; readonly data: string };
    }[];
  }
).vectors;

function payload(encoding: string, data: string | Uint8Array = '', metadata = {}): PayloadMessage {
  const texts: Record<string, string> = { encoding, ...metadata };
  return {
    metadata: Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, Buffer.from(text)])),
    data: Buffer.from(data as string),
  };
}

describe('the format of a payload', () => {
  const envelope = Buffer.from(Payload.encode(under('k1', { encoding: 'binary/encrypted' })).finish());
  const inJson = JSON.stringify({
    metadata: { encoding: Buffer.from('binary/encrypted').toString('base64') },
  });

  it.each<[string, PayloadMessage, PayloadFormat]>([
    ['JSON', payload('json/plain', '{"a":1}'), 'plaintext'],
    ['nothing', payload('binary/null'), 'plaintext'],
    [
      'zlib that cannot be read, in which there may be an envelope',
      payload('binary/zlib', gzipSync(envelope)),
      'unseen',
    ],
    ['an envelope as bytes of an argument', payload('binary/plain', envelope), 'unseen'],
    ['an envelope as JSON of protobuf', payload('json/protobuf', inJson), 'unseen'],
    ...[0, 1, 2].map((shift): [string, PayloadMessage, PayloadFormat] => [
      `an envelope in base64 from byte ${String(shift)} on`,
      payload(
        'json/plain',
        JSON.stringify(Buffer.concat([Buffer.alloc(shift, 0xff), envelope]).toString('base64')),
      ),
      'unseen',
    ]),
    ['parts that are kept elsewhere', { ...payload('json/plain'), externalPayloads: [{}] }, 'elsewhere'],
    [
      'an envelope of a format to come',
      payload('binary/envelope', '\x09', { 'encryption-key-id': 'k1' }),
      'malformed',
    ],
  ])('is told of %s', (_what, each, format) => {
    expect(identify(each).format).toBe(format);
  });

  it.each([
    'awsencriptionsdk/binary/encrypted',
    'binary/encrypted',
    'binary/envelope',
    'json/protobuf',
    'json/plain',
  ])('is told of %s without data, as protobufjs decodes it', (encoding) => {
    const decoded = Payload.decode(
      Payload.encode({ metadata: { encoding: Buffer.from(encoding) } }).finish(),
    );
    expect(() => identify(decoded)).not.toThrow();
  });

  it.each(PEERS.map(({ name, ...vector }) => [name, vector] as const))(
    'is told of what others wrote: %s',
    (_name, { payload: { metadata, data }, format }) => {
      const message = {
        metadata: Object.fromEntries(
          Object.entries(metadata).map(([name, text]) => [name, Buffer.from(text, 'base64')]),
        ),
        data: Buffer.from(data, 'base64'),
      };
      const identified = identify(message);
      expect(identified.format).toBe(format);
      expect(ENCRYPTED.has(identified.format)).toBe(true);
      expect(JSON.stringify(identified)).not.toMatch(/test-key-test|smGbjm71/);
    },
  );

  it('is told of Fernet tokens under an encoding of their own', () => {
    expect(identify(payload('binary/fernet', 'gAAAAA')).format).toBe('fernet');
    expect(identify(payload('binary/encrypted', 'gAAAAA==')).format).toBe('fernet');
    expect(identify(payload('binary/encrypted', 'gAAAAA==', { 'encryption-key-id': 'k' })).format).toBe(
      'samples',
    );
    expect(identify(payload('binary/encrypted', 'gAAAAA!')).format).toBe('samples');
  });

  describe('in the clear, compressed', () => {
    const zlib = (inner: PayloadMessage): PayloadMessage =>
      payload('binary/zlib', deflateSync(Payload.encode({ ...inner } as never).finish()));
    const encrypted = under('k1', { encoding: 'binary/encrypted' });
    const json = payload('json/plain', '{"a":1}');
    const often = (times: number, inner: PayloadMessage): PayloadMessage =>
      times === 0 ? inner : often(times - 1, zlib(inner));

    it('is that of what is within', () => {
      expect(identify(zlib(json))).toEqual({
        format: 'plaintext',
        names: ['json/plain in binary/zlib'],
        packedIn: 'binary/zlib',
      });
      const { format, names } = identify(encrypted);
      expect(identify(zlib(encrypted))).toEqual({ format, names, packedIn: 'binary/zlib' });
      expect(identify(zlib(payload('binary/uuid-sub', Buffer.alloc(16)))).format).toBe('elsewhere');
      expect(identify(zlib(payload('binary/plain', envelope))).format).toBe('unseen');
    });

    it('is looked for three times deep, and within a bound', () => {
      expect(identify(often(3, encrypted)).format).toBe('samples');
      expect(identify(often(4, encrypted)).format).toBe('unseen');
      const bomb = zlib(payload('json/plain', Buffer.alloc(33 * 2 ** 20)));
      expect(identify(bomb)).toEqual({ format: 'unseen', names: ['binary/zlib'] });
      const half = zlib(payload('json/plain', Buffer.alloc(17 * 2 ** 20)));
      expect(identify(half).format).toBe('plaintext');
    });

    it.each([
      [
        'damaged',
        payload('binary/zlib', deflateSync(Payload.encode({ ...json } as never).finish()).subarray(0, -1)),
      ],
      ['no payload', payload('binary/zlib', deflateSync('hello, this is none'))],
      ['in part elsewhere', zlib({ ...json, externalPayloads: [{}] })],
      ['of a format that is not read here', payload('binary/gzip', gzipSync(envelope))],
    ])('is not seen where it is %s', (_what, each) => {
      expect(identify(each).format).toBe('unseen');
    });

    it('is not sealed anew: its codec would compress it again, or not see the envelope', () => {
      const all = { from: undefined, plaintext: true };
      expect(choose(json, 'input', all, []).fate).toBe('reseal');
      expect(choose(zlib(json), 'input', all, []).fate).toBe('foreign');
    });

    it('names the keys of an envelope of Waxseal, which is not sealed anew in what it is compressed in', async () => {
      const keyring = new Keyring({ primary: new LocalKey({ id: 'k1', key: Buffer.alloc(32, 1) }) });
      const codec = new EnvelopeCodec({ keyring });
      const [sealed = {}] = await codec.encode([{ metadata: {}, data: Buffer.from('1') }]);
      codec.close();
      expect(identify(zlib(sealed))).toEqual({ format: 'waxseal', names: ['k1'], packedIn: 'binary/zlib' });
      const from = { from: 'k1', plaintext: false };
      expect(choose(sealed, 'input', from, []).fate).toBe('reseal');
      expect(choose(zlib(sealed), 'input', from, []).fate).toBe('foreign');
    });

    it('leads to no token that a collection would take for one that nothing needs', () => {
      const needed = new NeededTokens();
      needed.note(zlib(json), 'input');
      expect(needed.untold).toBe(0);
      needed.note(zlib(payload('binary/uuid-sub', Buffer.alloc(16))), 'input');
      expect(needed.untold).toBe(1);
    });

    it.each([['zlib', ZlibCodec] as const, ...(hasZstd() ? [['zstd', ZstdCodec] as const] : [])])(
      'is told of what the codec for %s writes',
      async (name, Codec) => {
        const [packed = {}] = await new Codec({ padding: 'padme' }).encode([
          { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.alloc(1_000, 'a') },
        ]);
        expect(identify(packed)).toMatchObject({ format: 'plaintext', packedIn: `binary/${name}` });
      },
    );
  });

  it('has no key where none is named', () => {
    expect(identify(payload('binary/encrypted')).names).toEqual([NO_KEY_NAMED]);
    expect(identify(payload('awsencriptionsdk/binary/encrypted', 'short')).names).toEqual([NO_KEY_NAMED]);
  });

  it('does not show what may be the key itself', () => {
    const key = 'test-key-test-key-test-key-test!';
    const samples = identify(
      payload('binary/encrypted', '', { 'encryption-key-id': key, 'encryption-cipher': 'AES' }),
    );
    const proxy = identify(
      payload('binary/encrypted', '', { 'encryption-key-id': `base64key://${key}`, 'encryption-dek': 'x' }),
    );
    expect(JSON.stringify([samples, proxy])).not.toContain(key);
  });

  it('names a key and a store where an envelope has parts elsewhere', () => {
    const usage = new Usage();
    const message = { payloads: [{ ...under('k1'), externalPayloads: [{}] }] };
    readUsage(usage, {
      type: typeOf(temporal.api.common.v1.Payloads),
      message: message,
    });
    expect(usage.uses.map(({ format }) => format)).toEqual(['elsewhere', 'other']);
    expect(usage.payloads).toBe(1);
  });
});
