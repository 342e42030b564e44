import { describe, expect, it } from '@jest/globals';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';
import { bytes } from '@waxseal/test-support/vectors';

import { EnvelopeCodec, Keyring, KeyServiceError } from '../src';
import { parseEnvelope, ReplayCodec } from '../src/internal';
import { createWrappedSecret } from '../src/data-keys/data-key';
import { dataKeyLimits } from '../src/data-keys/data-key-options';
import { DecodingKeys } from '../src/data-keys/decoding-keys';
import { EncodingKeys } from '../src/data-keys/encoding-keys';
import { formsOf } from './support/forms-of';
import { only } from './support/only';
import { TestKey } from './support/test-key';
import { textsOf } from './support/texts-of';
import { workflowContext } from './support/workflow-context';

const PLAINTEXT = 'card 4111111111111111 of Ms Ada Example';

/** A used codec, the data keys that it has in memory, and one of its payloads. */
async function usedCodec(): Promise<{
  key: TestKey;
  codec: EnvelopeCodec;
  payload: ReturnType<typeof jsonPayload>;
}> {
  const key = new TestKey('orders/v1');
  const codec = new EnvelopeCodec({ keyring: new Keyring({ primary: key }) });
  const payload = only(await codec.encode([jsonPayload(PLAINTEXT)], workflowContext()));
  await codec.decode([payload], workflowContext());
  return { key, codec, payload };
}

function expectNone(shown: string, secrets: readonly Uint8Array[]): void {
  for (const form of secrets.flatMap(formsOf)) expect(shown.includes(form)).toBe(false);
}

it('the search finds key bytes where they are', () => {
  const secret = bytes.fixed('a secret', 32);
  for (const leak of [
    { secret },
    [...secret],
    new Error(secret.toString('base64')),
    { a: secret.toString('hex') },
  ]) {
    expect(formsOf(secret).some((form) => textsOf(leak).includes(form))).toBe(true);
  }
});

describe('no key bytes are shown by', () => {
  it('a codec, a replay codec and a keyring', async () => {
    const { key, codec } = await usedCodec();
    const keyring = new Keyring({
      primary: new TestKey('orders/v1', key.material),
      decryptOnly: [new TestKey('old')],
    });
    for (const value of [codec, new ReplayCodec(codec), keyring, { nested: [codec] }]) {
      const shown = textsOf(value);
      expect(shown).toContain('orders/v1');
      expectNone(shown, [...key.seen, key.material]);
    }
    codec.close();
  });

  it('a data key, and what holds data keys', async () => {
    const key = new TestKey('orders/v1');
    const keyring = new Keyring({ primary: key });
    const dataKey = await createWrappedSecret(keyring, {});
    const { signal } = new AbortController();
    const decodingKeys = new DecodingKeys(dataKeyLimits(), performance, undefined, signal);
    const [wrapped] = dataKey.wrappedKeys;
    const kek = keyring.findGuarded(wrapped.keyId);
    if (kek === undefined) throw new Error('The keyring does not know its own key.');
    decodingKeys.keep({ kek, wrapped }, dataKey.secret);
    const encodingKeys = new EncodingKeys(
      keyring,
      dataKeyLimits(),
      performance,
      undefined,
      signal,
      () => undefined,
    );
    await encodingKeys.warmUp();
    for (const value of [dataKey, decodingKeys, encodingKeys, dataKey.secret]) {
      expectNone(textsOf(value), [...key.seen, key.material]);
    }
    decodingKeys.retire();
    encodingKeys.retire();
  });

  it('errors, nor plaintext, ciphertext or wrapped keys', async () => {
    const { key, codec, payload } = await usedCodec();
    const data = Buffer.from(payload.data ?? []);
    const cut = (length: number) => ({ ...payload, data: data.subarray(0, length) });
    const flipped = (offset: number) => ({ ...payload, data: bytes.flip(data, offset) });
    const stranger = new EnvelopeCodec({ keyring: new Keyring({ primary: new TestKey('billing/v1') }) });
    const wrongKey = new EnvelopeCodec({ keyring: new Keyring({ primary: new TestKey('orders/v1') }) });
    const strict = new EnvelopeCodec({ keyring: new Keyring({ primary: key }), requireEncryption: true });
    key.failure = new KeyServiceError(key.id, 'denied');
    const cold = new EnvelopeCodec({ keyring: new Keyring({ primary: key }) });
    const errors = [
      await rejectionOf(() => codec.decode([cut(100)])),
      await rejectionOf(() => codec.decode([cut(data.length - 1)])),
      await rejectionOf(() => codec.decode([flipped(0)])),
      await rejectionOf(() => codec.decode([flipped(40)])),
      await rejectionOf(() => codec.decode([flipped(data.length - 1)])),
      await rejectionOf(() => codec.decode([payload], workflowContext('billing'))),
      await rejectionOf(() => stranger.decode([payload])),
      await rejectionOf(() => wrongKey.decode([payload])),
      await rejectionOf(() => cold.decode([payload])),
      await rejectionOf(() => cold.encode([jsonPayload(PLAINTEXT)])),
      await rejectionOf(() => strict.decode([jsonPayload(PLAINTEXT)])),
    ];
    expect(new Set(errors.map((error) => error['code'])).size).toBe(6);
    const { ciphertext, wrappedKeys } = parseEnvelope('orders/v1', data);
    for (const error of errors) {
      const shown = textsOf(error);
      expectNone(shown, [...key.seen, key.material, ciphertext, wrappedKeys[0].bytes]);
      expect(shown).not.toContain('4111111111111111');
      expect(error.message).toMatch(/\.$/);
    }
    for (const each of [codec, stranger, wrongKey, strict, cold]) each.close();
  });
});
