import type { Payload } from '@temporalio/common';
import { describe, expect, it } from '@jest/globals';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';

import { EnvelopeCodec, Keyring, KeyServiceError } from '../src';
import { TestKey } from './support/test-key';
import { bytes } from './vectors/bytes';
import { localWrap } from './vectors/local-wrap';
import { protobuf } from './vectors/protobuf';
import { writeContext } from './vectors/write-context';
import { writeEnvelope, type WrittenWrappedKey } from './vectors/write-envelope';

const A = new TestKey('a');
const B = new TestKey('b');
const [FIRST, SECOND] = [bytes.fixed('first', 32), bytes.fixed('second', 32)];

function wrapped(key: TestKey, dataKey: Uint8Array): WrittenWrappedKey {
  const nonce = bytes.fixed(`${key.id} ${Buffer.from(dataKey).toString('hex')}`, 12);
  return { keyId: bytes.text(key.id), bytes: localWrap(key.material, key.id, nonce, dataKey) };
}

let salts = 0;

/** An envelope under `dataKey`, whatever its wrapped keys hold. */
function sealed(
  value: number,
  dataKey: Buffer,
  ...wrappedKeys: [WrittenWrappedKey, ...WrittenWrappedKey[]]
): Payload {
  const { envelope } = writeEnvelope({
    version: 1,
    suite: 1,
    dataKey,
    salt: bytes.fixed(`salt ${String((salts += 1))}`, 32),
    context: writeContext([]),
    wrappedKeys,
    plaintext: bytes.join(
      protobuf.metadataEntry('encoding', bytes.text('json/plain')),
      protobuf.data(bytes.text(String(value))),
    ),
  });
  const metadata = { encoding: bytes.text('binary/envelope'), 'encryption-key-id': wrappedKeys[0].keyId };
  return { metadata, data: envelope };
}

const reader = (): EnvelopeCodec => new EnvelopeCodec({ keyring: new Keyring({ decryptOnly: [A, B] }) });

/** Under the key of B, and with another of A. */
const MIXED = sealed(2, SECOND, wrapped(A, FIRST), wrapped(B, SECOND));
const OF_A = sealed(1, FIRST, wrapped(A, FIRST));
const OF_B = sealed(3, SECOND, wrapped(B, SECOND));

describe('an envelope whose wrapped keys hold different data keys opens the same', () => {
  it.each<[string, readonly Payload[]]>([
    ['by a fresh reader', []],
    ['by one that has the wrong data key in memory', [OF_A]],
    ['by one that has the right data key in memory', [OF_B]],
    ['by one that has both', [OF_A, OF_B]],
  ])('%s', async (_who, before) => {
    const codec = reader();
    for (const payload of before) await codec.decode([payload]);
    for (let round = 0; round < 2; round += 1) expect(await codec.decode([MIXED])).toEqual([jsonPayload(2)]);
  });

  it.each<[string, readonly Payload[]]>([
    ['by a fresh reader', []],
    ['by one that has both data keys in memory', [OF_A, OF_B]],
  ])('and fails the same where none is right, %s', async (_who, before) => {
    const third = sealed(4, bytes.fixed('third', 32), wrapped(A, FIRST), wrapped(B, SECOND));
    const codec = reader();
    for (const payload of before) await codec.decode([payload]);
    const error = await rejectionOf(() => codec.decode([third]));
    expect(error).toMatchObject({ code: 'WAXSEAL_DECRYPTION_FAILED' });
  });

  it('beside others of one call that have the same wrapped keys', async () => {
    const ofFirst = sealed(1, FIRST, wrapped(A, FIRST), wrapped(B, SECOND));
    const before = [A.unwraps, B.unwraps];
    const payloads = [MIXED, ofFirst, MIXED, ofFirst];
    expect(await reader().decode(payloads)).toEqual([2, 1, 2, 1].map((value) => jsonPayload(value)));
    expect([A.unwraps, B.unwraps]).toEqual(before.map((count) => count + 1));
  });

  it('beside one of the same call whose first wrapped key is the same, and whose second is not', async () => {
    const other = sealed(5, FIRST, wrapped(A, SECOND), wrapped(B, FIRST));
    const shared = sealed(6, FIRST, wrapped(A, SECOND), wrapped(B, SECOND));
    const codec = reader();
    expect(await codec.decode([other, MIXED])).toEqual([jsonPayload(5), jsonPayload(2)]);
    const error = await rejectionOf(() => codec.decode([other, shared]));
    expect(error).toMatchObject({ code: 'WAXSEAL_DECRYPTION_FAILED' });
  });
});

describe('where a key service is away', () => {
  const away = (key: TestKey): (() => void) => {
    key.failure = new KeyServiceError(key.id, 'unavailable');
    return () => {
      key.failure = undefined;
    };
  };

  it('and the other gives another data key, the envelope does not open', async () => {
    const back = away(B);
    const error = await rejectionOf(() => reader().decode([MIXED]));
    back();
    expect(error).toMatchObject({ code: 'WAXSEAL_DECRYPTION_FAILED' });
  });

  it('but what it unwrapped before is in memory past cacheTtl, the envelope opens', async () => {
    const keyring = new Keyring({ decryptOnly: [A, B] });
    const codec = new EnvelopeCodec({ keyring, dataKeys: { cacheTtl: 1 } });
    expect(await codec.decode([OF_B])).toEqual([jsonPayload(3)]);
    await new Promise((resolve) => setTimeout(resolve, 10));
    const back = away(B);
    expect(await codec.decode([MIXED])).toEqual([jsonPayload(2)]);
    back();
  });
});
