import crypto, { createSecretKey } from 'node:crypto';

import { afterEach, expect, it, jest } from '@jest/globals';

import { open, seal } from '../src/envelope/cipher';
import { aadTemplate, parseEnvelope, serializeWrappedKeys } from '../src/envelope/envelope';

const dataKey = createSecretKey(Buffer.alloc(32, 1));
const KEY_ID = Buffer.from('orders/v1');
const wrapped = { keyId: 'orders/v1', bytes: Buffer.alloc(61) };
const aad = aadTemplate(KEY_ID, new Uint8Array(), serializeWrappedKeys([wrapped]));

afterEach(() => {
  jest.restoreAllMocks();
});

/** Seals, and gives what the cipher has written into memory of its own. */
function sealSeen(plaintext: readonly Uint8Array[]): { envelope: Uint8Array; pieces: Uint8Array[] } {
  const pieces: Uint8Array[] = [];
  const { createCipheriv } = crypto;
  jest.spyOn(crypto, 'createCipheriv').mockImplementation((...args: Parameters<typeof createCipheriv>) => {
    const cipher = createCipheriv(...args);
    const update = cipher.update.bind(cipher) as (bytes: Uint8Array) => Buffer;
    return Object.assign(cipher, {
      update: (bytes: Uint8Array) => {
        const piece = update(bytes);
        pieces.push(piece);
        return piece;
      },
    });
  });
  return { envelope: seal(dataKey, aad, plaintext), pieces };
}

it('what the cipher has written of a large payload is given back before the next piece', () => {
  const plaintext = Buffer.alloc(1024 * 1024, 7);
  const { envelope, pieces } = sealSeen([Buffer.from('first'), plaintext]);
  const left = pieces.map(({ length }) => length);
  // Node.js 20 cannot: there it stays until it is collected.
  const canGiveBack = 'transfer' in ArrayBuffer.prototype;
  expect(left).toEqual([5, ...Array<number>(16).fill(canGiveBack ? 0 : 64 * 1024)]);
  const opened = open(parseEnvelope('orders/v1', envelope), dataKey, KEY_ID);
  expect(opened?.equals(Buffer.concat([Buffer.from('first'), plaintext]))).toBe(true);
});

it('a small payload needs nothing of the kind', () => {
  const { pieces } = sealSeen([Buffer.alloc(1_000)]);
  expect(pieces.map(({ length }) => length)).toEqual([1_000]);
});
