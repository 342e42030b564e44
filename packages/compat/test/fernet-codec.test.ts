import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';

import { FernetCodec, type FernetCodecOptions } from '../src';
import { openFernet } from '../src/fernet';
import { KeptKey } from '../src/static-key';
import { bytes, KEYS, vector } from './support/peers';

const [newer = '', older = ''] = KEYS.fernet;

describe('a Fernet token', () => {
  const key = new KeptKey('key', 'key', 'cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=', new Set([32])).get();

  it('of the specification opens', async () => {
    // https://github.com/fernet/spec/blob/master/verify.json
    const token =
      'gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==';
    expect(openFernet([await key], bytes(token))?.toString()).toBe('hello');
  });

  it('has one text: bits that base64 leaves over are not to be changed', async () => {
    const token =
      'gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA';
    expect(openFernet([await key], bytes(token))?.toString()).toBe('hello');
    expect(openFernet([await key], bytes(token.replace(/A$/, 'B')))).toBeUndefined();
  });

  it.each([
    // https://github.com/fernet/spec/blob/master/invalid.json, without those that a time makes invalid
    [
      'incorrect mac',
      'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykQUFBQUFBQUFBQQ==',
    ],
    ['too short', 'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPA=='],
    [
      'invalid base64',
      '%%%%%%%%%%%%%AECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==',
    ],
    [
      'payload size not multiple of block size',
      'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPOm73QeoCk9uGib28Xe5vz6oxq5nmxbx_v7mrfyudzUm',
    ],
    [
      'payload padding error',
      'gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0ODz4LEpdELGQAad7aNEHbf-JkLPIpuiYRLQ3RtXatOYREu2FWke6CnJNYIbkuKNqOhw==',
    ],
  ])('of the specification does not open: %s', async (_what, token) => {
    expect(openFernet([await key], bytes(token))).toBeUndefined();
  });
});

describe('a FernetCodec', () => {
  it('tries all keys', async () => {
    const { payload, inner } = vector('fernet-own-encoding');
    const keys = [randomBytes(32), () => Buffer.from(newer), Buffer.from(older).toString('base64url')];
    expect(await new FernetCodec({ keys }).decode([payload])).toEqual([inner]);
    const error = await rejectionOf(() => new FernetCodec({ keys: keys.slice(0, 2) }).decode([payload]));
    expect(error).toMatchObject({ code: 'WAXSEAL_PEER_FORMAT', reason: 'damaged', format: 'fernet' });
    expect(error.message).toContain('keys of the FernetCodec');
  });

  it('takes the encodings that it is given, and no others', async () => {
    const { payload, inner } = vector('fernet-own-encoding');
    const keys = [Buffer.from(older)];
    const [same] = await new FernetCodec({ keys, encodings: ['binary/mine'] }).decode([payload]);
    expect(same).toBe(payload);
    const mine = { ...payload, metadata: { encoding: bytes('binary/mine') } };
    expect(await new FernetCodec({ keys, encodings: ['binary/mine'] }).decode([mine])).toEqual([inner]);
  });

  it('leaves what names a key, or is no token, to the reader of the samples', async () => {
    const { payload } = vector('fernet-binary-encrypted');
    const codec = new FernetCodec({ keys: [Buffer.from(newer)] });
    const named = { ...payload, metadata: { ...payload.metadata, 'encryption-key-id': bytes('k') } };
    const others = [named, { ...payload, data: bytes('gAAAAA!') }, vector('go-empty-key-id').payload];
    for (const other of others) expect((await codec.decode([other]))[0]).toBe(other);
  });

  it('refuses a token that holds no payload', async () => {
    const key = Buffer.from('cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=', 'base64url');
    const data = bytes(
      'gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==',
    );
    const payload = { metadata: { encoding: bytes('binary/fernet') }, data };
    const error = await rejectionOf(() => new FernetCodec({ keys: [key] }).decode([payload]));
    expect(error).toMatchObject({ reason: 'damaged' });
  });

  it('shows no key, and writes nothing', async () => {
    const codec = new FernetCodec({ keys: [Buffer.from(newer).toString('base64url'), Buffer.from(older)] });
    const shown = inspect(codec, { showHidden: true, depth: 9 }) + JSON.stringify(codec);
    for (const text of [
      newer,
      older,
      Buffer.from(newer).toString('base64'),
      Buffer.from(older).toString('hex'),
    ]) {
      expect(shown).not.toContain(text);
    }
    const payload = jsonPayload(1);
    expect((await codec.encode([payload]))[0]).toBe(payload);
  });

  it.each<[string, unknown]>([
    ['keys must be an array of 1 to 16', {}],
    ['keys must be an array of 1 to 16', { keys: [] }],
    ['keys[0] must be a key of 32 bytes', { keys: ['short'] }],
    ['encodings must be an array', { keys: [randomBytes(32)], encodings: 'binary/fernet' }],
    ['"ttl" is not an option', { keys: [randomBytes(32)], ttl: 1 }],
  ])('says %s', (text, options) => {
    expect(() => new FernetCodec(options as FernetCodecOptions)).toThrow(text);
  });
});
