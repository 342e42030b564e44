import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';

import { EnvelopeCodec, Keyring, KeyServiceError, type EnvelopeCodecOptions } from '../src';
import { markFailurePayload, redactedPayload } from '../src/codec/failure-payload';
import { TestKey } from './support/test-key';

const codecs: EnvelopeCodec[] = [];
afterEach(() => {
  for (const codec of codecs.splice(0)) codec.close();
});

function codecOf(options: EnvelopeCodecOptions): EnvelopeCodec {
  const codec = new EnvelopeCodec(options);
  codecs.push(codec);
  return codec;
}

describe('a codec with encrypt: false', () => {
  // The first in this file: the warning comes once in a process.
  it('warns of what it leaves in clear, and not of what a codec before it has encrypted', async () => {
    const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const codec = codecOf({ keyring: new Keyring({ primary: new TestKey('a') }), encrypt: false });
    const ofOthers = {
      metadata: { 'encryption-key-id': new Uint8Array(Buffer.from('k')) },
      data: new Uint8Array(9),
    };
    await codec.encode([ofOthers]);
    expect(warned).toHaveBeenCalledTimes(0);
    await codec.encode([ofOthers, jsonPayload(1)]);
    await codec.encode([jsonPayload(1)]);
    expect(warned).toHaveBeenCalledTimes(1);
    expect(warned.mock.calls[0]?.[1]).toMatchObject({ code: 'WAXSEAL_WRITES_IN_CLEAR' });
    warned.mockRestore();
  });

  it('passes on what it encodes, asks no key service, and takes off what marks a failure', async () => {
    const key = new TestKey('a');
    const codec = codecOf({ keyring: new Keyring({ primary: key }), encrypt: false });
    const payloads = [jsonPayload(1), markFailurePayload(jsonPayload('declined'), 'details')];
    expect(await codec.encode(payloads)).toEqual([jsonPayload(1), jsonPayload('declined')]);
    expect(await codec.encode([])).toEqual([]);
    expect(codec.encrypts).toBe(false);
    expect(key.requests).toBe(0);
  });

  it('opens what one that encrypts has sealed, and passes on what it has not', async () => {
    const keyring = new Keyring({ primary: new TestKey('a') });
    const sealed = await codecOf({ keyring }).encode([jsonPayload('sealed')]);
    const reader = codecOf({ keyring, encrypt: false });
    expect(await reader.decode([...sealed, jsonPayload('clear')])).toEqual(
      ['sealed', 'clear'].map(jsonPayload),
    );
    expect(await reader.tolerant().encode([jsonPayload('clear')])).toEqual([jsonPayload('clear')]);
    expect(JSON.stringify(await reader.decodeOnly().encode([jsonPayload('clear')]))).not.toContain('clear');
  });

  it('is refused beside requireEncryption, which its own payloads would not pass', () => {
    const keyring = new Keyring({ primary: new TestKey('a') });
    expect(() => codecOf({ keyring, encrypt: false, requireEncryption: true })).toThrow(
      /encrypt: false.*requireEncryption/,
    );
    expect(() => codecOf({ keyring, encrypt: 'no' as unknown as boolean })).toThrow(
      'encrypt must be true or false',
    );
  });

  it('is not taken for one that encrypts', () => {
    const keyring = new Keyring({ primary: new TestKey('a') });
    expect(codecOf({ keyring, encrypt: false }).isEquivalentTo(codecOf({ keyring }))).toBe(false);
  });

  it('rejects once it is closed, as any codec does', async () => {
    const codec = codecOf({ keyring: new Keyring({ primary: new TestKey('a') }), encrypt: false });
    codec.close();
    expect(await rejectionOf(() => codec.encode([jsonPayload(1)]))).toMatchObject({
      code: 'WAXSEAL_CODEC_CLOSED',
    });
    expect(await codec.encode([markFailurePayload(jsonPayload(1), 'details')])).toEqual([
      redactedPayload('details'),
    ]);
  });
});

describe('the warm-up of such a codec is a rehearsal', () => {
  it('of one wrap and one unwrap by each key that wraps, and keeps no data key', async () => {
    const [first, second] = [new TestKey('a'), new TestKey('b')];
    const keyring = new Keyring({ primary: first, additional: [second], decryptOnly: [new TestKey('c')] });
    const codec = codecOf({ keyring, encrypt: false });
    await codec.warmUp();
    expect([first, second].map(({ wraps, unwraps }) => [wraps, unwraps])).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(Buffer.concat(first.givenBack)).toEqual(Buffer.alloc(32));
  });

  it.each(['wrap', 'unwrap'] as const)('that fails where a key does not %s', async (operation) => {
    const key = new TestKey('a');
    const denied = () => Promise.reject(new KeyServiceError('a', 'denied'));
    jest.spyOn(key, operation).mockImplementation(denied);
    const codec = codecOf({ keyring: new Keyring({ primary: key }), encrypt: false });
    expect(await rejectionOf(() => codec.warmUp())).toMatchObject({ keyId: 'a', reason: 'denied' });
  });

  it('that fails where a key gives another data key back', async () => {
    const key = new TestKey('a');
    jest.spyOn(key, 'unwrap').mockImplementation(() => Promise.resolve(new Uint8Array(32)));
    const codec = codecOf({ keyring: new Keyring({ primary: key }), encrypt: false });
    expect((await rejectionOf(() => codec.warmUp())).message).toContain('another data key');
  });

  it('of nothing, where the keyring can only decode', async () => {
    const key = new TestKey('a');
    const codec = codecOf({ keyring: new Keyring({ decryptOnly: [key] }), encrypt: false });
    await codec.warmUp();
    expect(key.requests).toBe(0);
  });
});

it('payloads are told of by operation and form', async () => {
  const told: unknown[][] = [];
  const telemetry = { payloadsProcessed: (...given: unknown[]) => told.push(given) };
  const keyring = new Keyring({ primary: new TestKey('a') });
  const writer = codecOf({ keyring, telemetry });
  const sealed = await writer.encode([jsonPayload(1), jsonPayload(2)]);
  await writer.decode([...sealed, jsonPayload(3), redactedPayload('details')]);
  const ofOthers = { metadata: { 'encryption-key-id': new Uint8Array([1]) }, data: new Uint8Array(9) };
  const reading = codecOf({ keyring, telemetry, encrypt: false });
  await reading.encode([jsonPayload(4), ofOthers]);
  await reading.encode([ofOthers]);
  const strict = codecOf({ keyring, telemetry, requireEncryption: true });
  await rejectionOf(() => strict.decode([jsonPayload(5)]));
  await strict.decode([]);
  expect(told).toEqual([
    ['encode', 'envelope', 2],
    ['decode', 'envelope', 2],
    ['decode', 'plaintext', 1],
    ['encode', 'plaintext', 1],
    ['decode', 'plaintext', 1],
  ]);
});
