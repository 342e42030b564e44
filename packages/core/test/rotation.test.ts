import { describe, expect, it } from '@jest/globals';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';

import { EnvelopeCodec, Keyring, type KeyEncryptionKey, type KeyringOptions } from '../src';
import type { WrappedKey } from '../src/provider';
import { only } from './support/only';
import { TestKey } from './support/test-key';

async function sealUnder(options: KeyringOptions, value: unknown): Promise<ReturnType<typeof jsonPayload>> {
  const codec = new EnvelopeCodec({ keyring: new Keyring(options) });
  const payload = only(await codec.encode([jsonPayload(value)]));
  codec.close();
  return payload;
}

const keyIdOf = ({ metadata }: ReturnType<typeof jsonPayload>): string =>
  Buffer.from(metadata?.['encryption-key-id'] ?? []).toString();

describe('rotation', () => {
  it('opens what was sealed before, during and after it', async () => {
    const [v1, v2] = [new TestKey('orders/v1'), new TestKey('orders/v2')];
    const steps: readonly KeyringOptions[] = [
      { primary: v1 },
      { primary: v1, decryptOnly: [v2] },
      { primary: v2, decryptOnly: [v1] },
    ];
    const sealed = [];
    for (const [index, step] of steps.entries()) sealed.push(await sealUnder(step, index));
    expect(sealed.map(keyIdOf)).toEqual(['orders/v1', 'orders/v1', 'orders/v2']);
    for (const step of steps.slice(1)) {
      const codec = new EnvelopeCodec({ keyring: new Keyring(step) });
      expect(await codec.decode(sealed)).toEqual([0, 1, 2].map(jsonPayload));
      codec.close();
    }
  });

  it('never wraps under a key of decryptOnly', async () => {
    const retired = new TestKey('orders/v1');
    const codec = new EnvelopeCodec({
      keyring: new Keyring({ primary: new TestKey('orders/v2'), decryptOnly: [retired] }),
      dataKeys: { maxMessages: 1 },
    });
    await codec.encode([1, 2, 3].map(jsonPayload));
    expect(retired.requests).toBe(0);
    codec.close();
  });

  it('gives an error that names the key which is missing, without a request', async () => {
    const payload = await sealUnder({ primary: new TestKey('orders/v1') }, 1);
    const key = new TestKey('orders/v2');
    const codec = new EnvelopeCodec({ keyring: new Keyring({ primary: key }) });
    const error = await rejectionOf(() => codec.decode([payload]));
    expect(error).toMatchObject({ code: 'WAXSEAL_UNKNOWN_KEY', keyId: 'orders/v1', retryable: false });
    expect(error.message).toContain('"orders/v1"');
    expect(key.requests).toBe(0);
    codec.close();
  });

  it('refuses to encode without a primary key, before any request', async () => {
    const key = new TestKey('orders/v1');
    const codec = new EnvelopeCodec({ keyring: new Keyring({ decryptOnly: [key] }) });
    expect(await rejectionOf(() => codec.encode([jsonPayload(1)]))).toMatchObject({
      code: 'WAXSEAL_CONFIGURATION',
    });
    expect(key.requests).toBe(0);
    codec.close();
  });
});

describe('a keyring', () => {
  it.each<[string, unknown]>([
    ['no key at all', {}],
    ['empty lists', { additional: [], decryptOnly: [] }],
    ['additional without a primary key', { additional: [new TestKey('a')] }],
    ['one ID twice', { primary: new TestKey('a'), decryptOnly: [new TestKey('a')] }],
    [
      'nine keys to wrap for',
      { primary: new TestKey('a'), additional: Array.from({ length: 8 }, (_, i) => new TestKey(String(i))) },
    ],
    ['something that is no key', { primary: { id: 'a' } }],
    ['null', { primary: null }],
    ['an empty ID', { primary: new TestKey('') }],
    ['an ID with a control character', { primary: new TestKey('a\n') }],
    ['an ID of 1,025 bytes', { primary: new TestKey('a'.repeat(1025)) }],
    ['an ID that is not well-formed', { primary: new TestKey('a\ud800') }],
  ])('is refused with %s', async (_what, options) => {
    const error = await rejectionOf(() => new Keyring(options as KeyringOptions));
    expect(error).toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
    expect(error.message).toContain('Keyring');
  });

  it('names its keys, the primary first', () => {
    const keyring = new Keyring({
      primary: new TestKey('a'),
      additional: [new TestKey('b')],
      decryptOnly: [new TestKey('c')],
    });
    expect([keyring.primaryKeyId, ...keyring.keyIds]).toEqual(['a', 'a', 'b', 'c']);
    expect(keyring.find('b')?.id).toBe('b');
    expect(keyring.find('d')).toBeUndefined();
  });

  it('asks a key with versions whether it owns a key ID', async () => {
    const material = new TestKey('orders/v2');
    const versioned: KeyEncryptionKey = {
      id: 'orders',
      bindsAad: true,
      owns: (keyId) => keyId === 'orders/v2',
      wrap: (dataKey, aad) => material.wrap(dataKey, aad),
      unwrap: (wrapped, aad) => material.unwrap(wrapped, aad),
    };
    const payload = await sealUnder({ primary: versioned }, 1);
    expect(keyIdOf(payload)).toBe('orders/v2');
    const codec = new EnvelopeCodec({ keyring: new Keyring({ decryptOnly: [versioned] }) });
    expect(await codec.decode([payload])).toEqual([jsonPayload(1)]);
    codec.close();
  });

  it.each<[string, (key: TestKey) => WrappedKey]>([
    ['a key ID that it does not own', () => ({ keyId: 'else', bytes: Buffer.of(1) })],
    ['a key ID that is none', () => ({ keyId: '', bytes: Buffer.of(1) })],
    ['a wrapped key of 0 bytes', ({ id }) => ({ keyId: id, bytes: Buffer.alloc(0) })],
    ['a wrapped key of 4,097 bytes', ({ id }) => ({ keyId: id, bytes: Buffer.alloc(4097) })],
  ])('refuses a provider that answers with %s', async (_what, answer) => {
    const key = new TestKey('orders/v1');
    key.wrap = () => Promise.resolve(answer(key));
    const error = await rejectionOf(() => sealUnder({ primary: key }, 1));
    expect(error).toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
  });

  it('keeps a copy of a wrapped key, whatever the provider does to its own', async () => {
    const key = new TestKey('orders/v1');
    const answers: WrappedKey[] = [];
    const wrap = key.wrap.bind(key);
    key.wrap = async (dataKey, aad) => {
      const wrapped = await wrap(dataKey, aad);
      answers.push(wrapped);
      return wrapped;
    };
    const writer = new EnvelopeCodec({ keyring: new Keyring({ primary: key }) });
    await writer.warmUp();
    answers[0]?.bytes.fill(0);
    const sealed = await writer.encode([jsonPayload(1)]);
    const reader = new EnvelopeCodec({ keyring: new Keyring({ primary: key }) });
    expect(await reader.decode(sealed)).toEqual([jsonPayload(1)]);
    writer.close();
    reader.close();
  });
});
