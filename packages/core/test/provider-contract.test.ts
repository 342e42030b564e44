import { setImmediate } from 'node:timers/promises';

import { describe, expect, it, jest } from '@jest/globals';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';

import { EnvelopeCodec, Keyring, type KeyEncryptionKey, type KeyringOptions } from '../src';
import { escapeUnprintable } from '../src/base/errors';
import { TestKey } from './support/test-key';
import { workflowContext } from './support/workflow-context';

const payload = jsonPayload('secret');
const never = (): Promise<never> => new Promise(() => undefined);
const codecOf = (primary: KeyEncryptionKey, dataKeys = {}): EnvelopeCodec =>
  new EnvelopeCodec({ keyring: new Keyring({ primary }), dataKeys });

/**
 * So many turns of the event loop that each of 10 calls with 20 payloads may pause at each of them. No time
 * would do: on a busy machine a call may pause for longer than an unwrap takes, and then rightly asks anew.
 */
async function everybodyHasAsked(): Promise<void> {
  for (let turn = 0; turn < 1_000; turn += 1) await setImmediate();
}

/** A provider like `key`, with some of it replaced. */
function provider(key: TestKey, replaced: object): KeyEncryptionKey {
  const base = { id: key.id, bindsAad: true, wrap: key.wrap.bind(key), unwrap: key.unwrap.bind(key) };
  return { ...base, ...replaced };
}

describe('a provider that breaks its contract', () => {
  it.each([
    ['rejects with an error of its own', () => Promise.reject(new Error('token=abc'))],
    [
      'throws',
      () => {
        throw new Error('token=abc');
      },
    ],
  ])('gives a KeyServiceError where it %s, and its text in no message', async (_name, fail) => {
    const key = new TestKey('k');
    const [sealed] = await codecOf(key).encode([payload]);
    const wrapping = await rejectionOf(() => codecOf(provider(key, { wrap: fail })).encode([payload]));
    const unwrapping = await rejectionOf(() =>
      codecOf(provider(key, { unwrap: fail })).decode([sealed ?? {}]),
    );
    for (const error of [wrapping, unwrapping]) {
      expect(error).toMatchObject({ code: 'WAXSEAL_KEY_SERVICE', reason: 'unknown', keyId: 'k' });
      expect(error.message).not.toContain('token');
      expect(error.cause).toMatchObject({ message: 'token=abc' });
    }
  });

  it.each([
    ['nothing', undefined],
    ['another key ID', { keyId: 'other', bytes: new Uint8Array(8) }],
    ['no bytes', { keyId: 'k' }],
    ['too many bytes', { keyId: 'k', bytes: new Uint8Array(4097) }],
  ])('is told of where wrap gives %s', async (_name, wrapped) => {
    const codec = codecOf(provider(new TestKey('k'), { wrap: () => Promise.resolve(wrapped) }));
    expect(await rejectionOf(() => codec.encode([payload]))).toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
  });

  it.each([
    ['nothing', undefined],
    ['a short key', new Uint8Array(16)],
  ])('opens nothing where unwrap gives %s', async (_name, dataKey) => {
    const key = new TestKey('k');
    const sealed = await codecOf(key).encode([payload]);
    const codec = codecOf(provider(key, { unwrap: () => Promise.resolve(dataKey) }));
    expect(await rejectionOf(() => codec.decode(sealed))).toMatchObject({
      code: 'WAXSEAL_DECRYPTION_FAILED',
    });
  });
});

describe('close()', () => {
  it('ends what is under way, though the provider ignores the signal', async () => {
    const key = new TestKey('k');
    const sealed = await codecOf(key).encode([payload]);
    const codec = codecOf(provider(key, { wrap: never, unwrap: never }));
    const pending = [rejectionOf(() => codec.encode([payload])), rejectionOf(() => codec.decode(sealed))];
    await setImmediate();
    codec.close();
    for (const error of await Promise.all(pending))
      expect(error).toMatchObject({ code: 'WAXSEAL_CODEC_CLOSED' });
  });
});

describe('data keys at the edges', () => {
  it('reports a wrap that takes longer than a key may be used, and does not try for ever', async () => {
    const key = new TestKey('k');
    const slow = provider(key, {
      wrap: async (...parameters: Parameters<TestKey['wrap']>) => {
        await new Promise((resolve) => setTimeout(resolve, 30));
        return key.wrap(...parameters);
      },
    });
    const codec = codecOf(slow, { maxAge: 10, maxStaleAge: 10 });
    expect(await rejectionOf(() => codec.encode([payload]))).toMatchObject({ reason: 'timeout' });
    expect(key.wraps).toBe(1);
    codec.close();
  });

  it('checks the key service at warm-up in strict mode, and refreshes nothing', async () => {
    jest.useFakeTimers();
    try {
      const key = new TestKey('k');
      const codec = codecOf(key, { maxMessages: 1, maxAge: 1000 });
      await codec.warmUp();
      await jest.advanceTimersByTimeAsync(60_000);
      expect(key.wraps).toBe(1);
      codec.close();
    } finally {
      jest.useRealTimers();
    }
  });

  it('makes one unwrap for a herd, also where the cache holds less and for shorter', async () => {
    const sealers = Array.from({ length: 20 }, (_, index) => new TestKey(`k${String(index)}`));
    const sealed = (await Promise.all(sealers.map((key) => codecOf(key).encode([payload])))).flat();
    const slow = sealers.map((key) =>
      provider(key, {
        unwrap: async (...parameters: Parameters<TestKey['unwrap']>) => {
          await everybodyHasAsked();
          return key.unwrap(...parameters);
        },
      }),
    );
    const codec = new EnvelopeCodec({
      keyring: new Keyring({ decryptOnly: slow }),
      dataKeys: { cacheCapacity: 1, cacheTtl: 5 },
    });
    const herd = Array.from({ length: 10 }, () => codec.decode(sealed));
    await Promise.all(herd);
    expect(sealers.map((key) => key.unwraps)).toEqual(sealers.map(() => 1));
    codec.close();
  });
});

describe('onContextMismatch', () => {
  it('is told of every difference, so that a policy cannot be led past one', async () => {
    const key = new TestKey('k');
    const keyring = new Keyring({ primary: key });
    const sealed = await new EnvelopeCodec({ keyring, binding: 'workflow' }).encode(
      [payload],
      workflowContext('a', 'w1'),
    );
    const seen: string[] = [];
    const lenient = new EnvelopeCodec({ keyring, onContextMismatch: ({ field }) => void seen.push(field) });
    await lenient.decode(sealed, workflowContext('b', 'w2'));
    expect(seen).toEqual(['namespace', 'workflow-id']);
  });

  it('must not be asynchronous: its refusal would come too late', async () => {
    const keyring = new Keyring({ primary: new TestKey('k') });
    const sealed = await new EnvelopeCodec({ keyring }).encode([payload], workflowContext('a'));
    const codec = new EnvelopeCodec({
      keyring,
      onContextMismatch: () => Promise.reject(new Error('no')) as unknown,
    });
    expect(await rejectionOf(() => codec.decode(sealed, workflowContext('b')))).toMatchObject({
      code: 'WAXSEAL_CONFIGURATION',
    });
  });
});

describe('options', () => {
  it.each([
    ['nothing', undefined],
    ['a misspelt option', { primary: new TestKey('k'), decryptonly: [] }],
    ['a key where keys are expected', { decryptOnly: new TestKey('k') }],
    ['no key', {}],
    ['something that is no key', { primary: { id: 'k' } }],
  ])('of a Keyring: %s is a ConfigurationError', async (_name, options) => {
    expect(await rejectionOf(() => new Keyring(options as unknown as KeyringOptions))).toMatchObject({
      code: 'WAXSEAL_CONFIGURATION',
    });
  });

  it.each([
    [null],
    [5],
    [{ cacheTtl: '25 days' }],
    [{ maxAge: 0 }],
    [{ maxage: '1h' }],
    [{ maxMessages: 1.5 }],
  ])('dataKeys %j is a ConfigurationError', async (dataKeys) => {
    expect(await rejectionOf(() => codecOf(new TestKey('k'), dataKeys as object))).toMatchObject({
      code: 'WAXSEAL_CONFIGURATION',
    });
  });

  it('takes fractions of a millisecond and the longest duration', () => {
    codecOf(new TestKey('k'), { cacheTtl: 1500.5, maxStaleAge: '24 days' }).close();
  });
});

describe('messages', () => {
  it('quote texts of a payload so that they cannot steer a terminal', async () => {
    const keyring = new Keyring({ primary: new TestKey('k') });
    const hostile = 'a\u001b[2J\u009b31m\u202e\u200b';
    const sealed = await new EnvelopeCodec({ keyring }).encode([payload], workflowContext(hostile));
    const { message } = await rejectionOf(() =>
      new EnvelopeCodec({ keyring }).decode(sealed, workflowContext('b')),
    );
    // eslint-disable-next-line no-control-regex
    expect(message).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b\u202e]/);
    expect(message).toContain('\\u009b');
    expect(JSON.parse(escapeUnprintable(JSON.stringify(hostile)))).toBe(hostile);
  });
});
