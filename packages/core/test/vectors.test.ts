import { createSecretKey } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { rejectionOf } from '@waxseal/test-support';
import {
  type InvalidVector,
  type PassedOnVector,
  VECTORS_DIRECTORY,
  type ValidVector,
  payloadFromVector,
  readVectors,
  vectorOfPayload,
} from '@waxseal/test-support/vectors';

import { KEY_ID_METADATA, parseEnvelope } from '../src/internal';
import { seal } from '../src/envelope/cipher';
import { serializePayload } from '../src/codec/payload-message';
import { serializeEncryptionContext } from '../src/envelope/encryption-context';
import {
  aadTemplate,
  COMMITMENT_AT,
  FIXED_HEADER_BYTES,
  SALT_AT,
  serializeWrappedKeys,
} from '../src/envelope/envelope';
import type { WrappedKey } from '../src/key/key-encryption-key';
import { vectorReader } from './support/vector-reader';
import { vectorFiles } from './vectors/vector-files';

const raw = (base64: string): Buffer => Buffer.from(base64, 'base64');
const base64 = (value: Uint8Array): string => Buffer.from(value).toString('base64');

const VALID = readVectors<ValidVector>('valid');
const INVALID = readVectors<InvalidVector>('invalid');
const PASSED_ON = readVectors<PassedOnVector>('passed-on');
const RELEASED = readdirSync(join(VECTORS_DIRECTORY, 'archive')).filter((name) => /^\d/.test(name));
const archived = <V>(folder: string): [string, V][] =>
  RELEASED.flatMap((version) =>
    readVectors<V>(`archive/${version}/${folder}`).map(([name, vector]): [string, V] => [
      `${version}/${name}`,
      vector,
    ]),
  );

describe('the committed vectors', () => {
  it('are what the generator writes', () => {
    const committed = ['valid', 'invalid', 'passed-on'].flatMap((folder) =>
      readdirSync(join(VECTORS_DIRECTORY, folder)).map((file) => `${folder}/${file}`),
    );
    const generated = vectorFiles();
    expect(committed.sort()).toEqual([...generated.keys()].sort());
    for (const [path, text] of generated) {
      expect([path, readFileSync(join(VECTORS_DIRECTORY, path), 'utf8') === text]).toEqual([path, true]);
    }
  });

  it('cover every code of the format', () => {
    expect(VALID.length).toBeGreaterThanOrEqual(12);
    expect(INVALID.length).toBeGreaterThanOrEqual(40);
    expect(new Set(INVALID.map(([, { expected }]) => expected.code)).size).toBe(6);
  });

  it('are walked through in README.md byte by byte', () => {
    const readme = readFileSync(join(VECTORS_DIRECTORY, 'README.md'), 'utf8');
    const rows = [...readme.matchAll(/^\| (\d+) \| `([0-9a-f ]+)` \|/gm)];
    const data = raw(VALID[0]?.[1].outer.data ?? '');
    let offset = 0;
    for (const [, at, hex = ''] of rows) {
      expect(Number(at)).toBe(offset);
      const piece = Buffer.from(hex.replaceAll(' ', ''), 'hex');
      expect(data.subarray(offset, offset + piece.length).toString('hex')).toBe(piece.toString('hex'));
      offset += piece.length;
    }
    expect(offset).toBe(data.length);
  });
});

describe.each([...VALID, ...archived<ValidVector>('valid')])('valid vector %s', (_name, vector) => {
  const { header, inner } = vector.expected;
  const keyId = raw(vector.outer.metadata[KEY_ID_METADATA] ?? '');

  it('opens to the expected payload, with one request for each wrapped key at most', async () => {
    const { codec, keys, context } = vectorReader(vector);
    const [opened = {}] = await codec.decode([payloadFromVector(vector.outer)], context);
    expect(vectorOfPayload(opened)).toEqual(inner);
    expect(keys.every((key) => key.unwraps <= 1)).toBe(true);
    const requests = keys.reduce((sum, key) => sum + key.unwraps, 0);
    if (!SEARCHED.test(_name)) expect(requests).toBe(1);
    // From memory as by request.
    const [again = {}] = await codec.decode([payloadFromVector(vector.outer)], context);
    expect(vectorOfPayload(again)).toEqual(inner);
    expect(keys.reduce((sum, key) => sum + key.unwraps, 0)).toBe(requests);
    codec.close();
  });

  it('has the expected header', () => {
    const envelope = parseEnvelope(keyId.toString(), raw(vector.outer.data));
    expect({
      version: envelope.version,
      suite: envelope.suite,
      salt: base64(envelope.header.subarray(SALT_AT, COMMITMENT_AT)),
      commitment: base64(envelope.header.subarray(COMMITMENT_AT, FIXED_HEADER_BYTES)),
      context: [...envelope.context],
      wrappedKeys: envelope.wrappedKeys.map(({ keyId: id, bytes }) => ({ keyId: id, bytes: base64(bytes) })),
    }).toEqual(header);
  });

  it('is sealed to the same bytes', () => {
    const [first, ...others] = header.wrappedKeys.map((wrapped): WrappedKey => ({
      keyId: wrapped.keyId,
      bytes: raw(wrapped.bytes),
    }));
    const aad = aadTemplate(
      keyId,
      serializeEncryptionContext(new Map(vector.writer?.context ?? header.context)),
      first ? serializeWrappedKeys([first, ...others]) : new Uint8Array(),
    );
    const dataKey = createSecretKey(raw(vector.expected.dataKey));
    const envelope = seal(dataKey, aad, [raw(vector.expected.plaintext)], raw(header.salt));
    expect(base64(envelope)).toBe(vector.outer.data);
  });

  it('holds protobuf that means the expected payload', () => {
    const plaintext = Buffer.concat(serializePayload(payloadFromVector(inner)));
    if (NOT_AS_WRITTEN_HERE.test(_name)) expect(base64(plaintext)).not.toBe(vector.expected.plaintext);
    else expect(base64(plaintext)).toBe(vector.expected.plaintext);
  });
});

/** Vectors with several wrapped keys, of which the right one is searched for. */
const SEARCHED = /(?:^|\/)(5[4-9]|6[0-2])-/;

/** Vectors whose protobuf is another encoding of the payload than this implementation writes. */
const NOT_AS_WRITTEN_HERE =
  /(05-empty-data|28-data-before-metadata|29-repeated-fields|30-unknown-fields|4[345789]-[a-z-]+|5[0-3]-[a-z-]+|7[5-9]-[a-z0-9-]+|8[0-3]-[a-z0-9-]+)$/;

describe.each([...PASSED_ON, ...archived<PassedOnVector>('passed-on')])(
  'passed-on vector %s',
  (_name, vector) => {
    it('is handed on, and no key service is asked', async () => {
      const { codec, keys, context } = vectorReader(vector);
      const [handed = {}] = await codec.decode([payloadFromVector(vector.outer)], context);
      const { inner, readable } = vector.expected;
      if (readable === undefined) expect(vectorOfPayload(handed)).toEqual(inner);
      else {
        const value: unknown = JSON.parse(Buffer.from(handed.data ?? []).toString());
        expect(value).toEqual(
          readable === 'details' ? expect.any(String) : { message: expect.any(String), stack_trace: '' },
        );
      }
      expect(keys.every((key) => key.requests === 0)).toBe(true);
      codec.close();
    });
  },
);

describe.each(INVALID)('invalid vector %s', (_name, vector) => {
  it(`is rejected with ${vector.expected.code}`, async () => {
    const { codec, keys, context } = vectorReader(vector);
    const error = await rejectionOf(() => codec.decode([payloadFromVector(vector.outer)], context));
    expect(error['code']).toBe(vector.expected.code);
    const requests = keys.reduce((sum, key) => sum + key.requests, 0);
    if (vector.expected.keyServiceAsked) expect(requests).toBeGreaterThan(0);
    else expect(requests).toBe(0);
    codec.close();
  });
});
