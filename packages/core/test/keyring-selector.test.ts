import { describe, expect, it } from '@jest/globals';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';

import { EnvelopeCodec, Keyring, type KeyringContext, type KeyringSelector } from '../src';
import { TestKey } from './support/test-key';
import { workflowContext } from './support/workflow-context';

const payload = jsonPayload('secret');

/** A codec with a keyring for each of two namespaces. */
function tenants(): { codec: EnvelopeCodec; keys: Record<string, TestKey>; seen: KeyringContext[] } {
  const keys: Record<string, TestKey> = { a: new TestKey('key-of-a'), b: new TestKey('key-of-b') };
  const keyrings = new Map(Object.entries(keys).map(([name, primary]) => [name, new Keyring({ primary })]));
  const seen: KeyringContext[] = [];
  const keyring: KeyringSelector = (context) => {
    seen.push(context);
    const chosen = keyrings.get(context.namespace ?? '');
    if (chosen === undefined) throw new Error(`no keyring for ${String(context.namespace)}`);
    return chosen;
  };
  return { codec: new EnvelopeCodec({ keyring }), keys, seen };
}

describe('a keyring for each namespace', () => {
  it('wraps under the key of the namespace, once for each', async () => {
    const { codec, keys } = tenants();
    for (const namespace of ['a', 'b', 'a', 'b']) {
      const [sealed] = await codec.encode([payload], workflowContext(namespace));
      expect(Buffer.from(sealed?.metadata?.['encryption-key-id'] ?? []).toString()).toBe(
        `key-of-${namespace}`,
      );
      expect(await codec.decode([sealed ?? {}], workflowContext(namespace))).toEqual([payload]);
    }
    expect([keys['a']?.wraps, keys['b']?.wraps]).toEqual([1, 1]);
    codec.close();
  });

  it("opens no payload of one under another's rights, whatever the payload says", async () => {
    const { codec, keys } = tenants();
    const unbound = new EnvelopeCodec({ keyring: new Keyring({ primary: keys['a'] }), binding: 'none' });
    const [sealed] = await unbound.encode([payload]);
    const error = await rejectionOf(() => codec.decode([sealed ?? {}], workflowContext('b')));
    expect(error).toMatchObject({ code: 'WAXSEAL_UNKNOWN_KEY', keyId: 'key-of-a' });
    expect([keys['a']?.unwraps, keys['b']?.unwraps]).toEqual([0, 0]);
    expect(await codec.decode([sealed ?? {}], workflowContext('a'))).toEqual([payload]);
  });

  it('shares no unwrapped data key between keyrings, though both name the same key', async () => {
    const material = new TestKey('shared');
    const denied = new TestKey('shared');
    denied.failure = new Error('denied');
    const keyrings = { a: new Keyring({ primary: material }), b: new Keyring({ primary: denied }) };
    const codec = new EnvelopeCodec({
      keyring: ({ namespace }) => (namespace === 'a' ? keyrings.a : keyrings.b),
      binding: 'none',
    });
    const sealed = await codec.encode([payload], workflowContext('a'));
    expect(await codec.decode(sealed, workflowContext('a'))).toEqual([payload]);
    expect(await rejectionOf(() => codec.decode(sealed, workflowContext('b')))).toMatchObject({
      code: 'WAXSEAL_KEY_SERVICE',
    });
  });

  it('takes what the payload records where Temporal names no place', async () => {
    const { codec, seen } = tenants();
    const sealed = await codec.encode([payload], workflowContext('a', 'w-1'));
    expect(await codec.decode(sealed)).toEqual([payload]);
    expect(await codec.decode(sealed, { type: 'workflow', namespace: '', workflowId: '' })).toEqual([
      payload,
    ]);
    expect(seen.at(-1)).toEqual({ namespace: 'a', workflowId: undefined, keyId: 'key-of-a' });
  });

  it('seals anew under the key of the namespace that the payload records', async () => {
    const { codec, seen } = tenants();
    const [sealed = {}] = await codec.encode([payload], workflowContext('b', 'w'));
    const { sealed: anew } = await codec.resealed(sealed);
    expect(Buffer.from(anew.metadata?.['encryption-key-id'] ?? []).toString()).toBe('key-of-b');
    expect(seen.at(-1)).toEqual({ namespace: 'b', workflowId: undefined, keyId: 'key-of-b' });
    codec.close();
  });

  it('warms up the keyring of a namespace', async () => {
    const { codec, keys } = tenants();
    await codec.warmUp({ namespace: 'b' });
    expect([keys['a']?.wraps, keys['b']?.wraps]).toEqual([0, 1]);
    await expect(codec.warmUp()).rejects.toThrow('no keyring for undefined');
  });

  it('gives what the function throws, and an error where it gives no keyring', async () => {
    const { codec } = tenants();
    await expect(codec.encode([payload], workflowContext('c'))).rejects.toThrow('no keyring for c');
    const wrong = new EnvelopeCodec({ keyring: (() => undefined) as unknown as KeyringSelector });
    expect(await rejectionOf(() => wrong.encode([payload]))).toMatchObject({ code: 'WAXSEAL_CONFIGURATION' });
  });

  it('gives up the keyring that was not used for longest, and what is under way for it comes to its end', async () => {
    const first = new TestKey('k-first');
    const release = first.hold();
    const firstRing = new Keyring({ primary: first });
    const codec = new EnvelopeCodec({
      keyring: ({ namespace }) =>
        namespace === 'first' ? firstRing : new Keyring({ primary: new TestKey('k') }),
    });
    const pending = codec.encode([payload], workflowContext('first'));
    for (let count = 0; count < 1001; count++) await codec.encode([payload], workflowContext('other'));
    release();
    expect(await pending).toHaveLength(1);
    codec.close();
  });
});
