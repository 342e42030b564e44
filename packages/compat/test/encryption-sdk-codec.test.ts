import { inspect } from 'node:util';

import {
  AlgorithmSuiteIdentifier,
  buildAwsKmsMrkAwareDiscoveryMultiKeyringNode,
  buildClient,
  CommitmentPolicy,
  KeyringNode,
  MultiKeyringNode,
  NodeDefaultCryptographicMaterialsManager,
  KmsKeyringNode,
} from '@aws-crypto/client-node';
import { describe, expect, it } from '@jest/globals';
import type { Payload } from '@temporalio/common';
import { serializePayload } from '@waxseal/core/internal';
import { jsonPayload, rejectionOf } from '@waxseal/test-support';

import { EncryptionSdkCodec, type EncryptionSdkCodecOptions } from '../src';
import { bytes, KEYS, rawKeyring, vector } from './support/peers';

const secret = jsonPayload('secret');
const others = buildClient(CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT);
const ours = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);

async function message(
  options: Parameters<typeof ours.encrypt>[2] = {},
  keyring: KeyringNode = rawKeyring(),
  { encrypt } = ours,
): Promise<Payload> {
  const { result } = await encrypt(keyring, Buffer.concat(serializePayload(secret)), options);
  return { metadata: { encoding: bytes('awsencriptionsdk/binary/encrypted') }, data: bytes(result) };
}

function codecOf(options: Partial<EncryptionSdkCodecOptions> = {}): EncryptionSdkCodec {
  return new EncryptionSdkCodec({ keyring: rawKeyring(), requests: { maxAttempts: 1 }, ...options });
}

/** A keyring that counts, and may fail as one of a key service does. */
class CountingKeyring extends KeyringNode {
  asked = 0;
  failure: string | undefined;
  readonly #inner = rawKeyring();
  _onEncrypt(): Promise<never> {
    return Promise.reject(new Error('Not used.'));
  }
  async _onDecrypt(
    ...[material, keys]: Parameters<KeyringNode['_onDecrypt']>
  ): ReturnType<KeyringNode['_onDecrypt']> {
    this.asked += 1;
    if (this.failure === 'never') await new Promise(() => undefined);
    if (this.failure !== undefined) throw new Error(this.failure);
    return this.#inner._onDecrypt(material, keys);
  }
}

describe('an EncryptionSdkCodec', () => {
  it('opens messages with and without a commitment, and refuses the latter where it is told to', async () => {
    const weak = await message(
      { suiteId: AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384 },
      rawKeyring(),
      others,
    );
    expect(await codecOf().decode([await message(), weak])).toEqual([secret, secret]);
    const error = await rejectionOf(() => codecOf({ requireCommitment: true }).decode([weak]));
    expect(error).toMatchObject({ code: 'WAXSEAL_PEER_FORMAT', reason: 'damaged' });
  });

  it('takes a materials manager, such as one that caches', async () => {
    const keyring = new NodeDefaultCryptographicMaterialsManager(rawKeyring());
    expect(await codecOf({ keyring }).decode([await message()])).toEqual([secret]);
  });

  it('names the keys that it has not got', async () => {
    const error = await rejectionOf(async () =>
      codecOf({ keyring: new EmptyKeyring() }).decode([await message()]),
    );
    expect(error).toMatchObject({ reason: 'unknown-key', format: 'aws-encryption-sdk' });
    expect(error.message).toContain('keyring of the EncryptionSdkCodec');
    expect(error.message).toContain('orders');
  });

  it('bounds the wrapped keys of a message before any is asked about', async () => {
    const keyring = new CountingKeyring();
    const many = new MultiKeyringNode({
      generator: rawKeyring(),
      children: Array.from({ length: 8 }, () => rawKeyring()),
    });
    const error = await rejectionOf(async () => codecOf({ keyring }).decode([await message({}, many)]));
    expect(error).toMatchObject({ reason: 'damaged' });
    expect(keyring.asked).toBe(0);
  });

  it.each([
    ['ThrottlingException: Rate exceeded', 'throttled', true],
    ['AccessDeniedException: not authorized', 'denied', false],
    ['connect ECONNREFUSED 127.0.0.1:1', 'unavailable', true],
    ['Unable to decrypt data key and one or more KMS CMKs had an error.', 'unknown', true],
  ])('says what a key service says: %s', async (text, reason, retryable) => {
    const keyring = new CountingKeyring();
    keyring.failure = `${text} canary-of-the-text`;
    const error = await rejectionOf(async () => codecOf({ keyring }).decode([await message()]));
    expect(error).toMatchObject({ code: 'WAXSEAL_KEY_SERVICE', reason, retryable });
    expect(inspect(error)).not.toContain('canary-of-the-text');
  });

  it('ends with its deadline, and asks a silent service no more', async () => {
    const keyring = new CountingKeyring();
    keyring.failure = 'never';
    const requests = { totalTimeout: '20ms', breaker: { threshold: 2 } };
    const codec = codecOf({ keyring, requests });
    const payload = await message();
    const reasons: unknown[] = [];
    for (let call = 0; call < 6; call++)
      reasons.push((await rejectionOf(() => codec.decode([payload])))['reason']);
    expect(reasons.slice(0, 2)).toEqual(['timeout', 'timeout']);
    expect(reasons.at(-1)).toBe('unavailable');
    expect(keyring.asked).toBeLessThanOrEqual(3);
  });

  it('holds to what a Codec Server allows a caller', async () => {
    const keyring = new CountingKeyring();
    const request = { takeKeyRequest: () => false };
    const payload = await message();
    const error = await rejectionOf(() => codecOf({ keyring }).decode([payload], undefined, request));
    expect(error).toMatchObject({ reason: 'throttled' });
    expect(keyring.asked).toBe(0);
  });

  it('compares the context that is expected', async () => {
    const { payload, inner } = vector('aws-encryption-sdk-with-context');
    const context = { type: 'workflow' as const, namespace: 'default', workflowId: 'order-1' };
    const signed = codecOf({
      checkContext: (recorded, given) =>
        given?.workflowId === undefined || recorded['signature']?.startsWith(given.workflowId) === true,
    });
    expect(await signed.decode([payload], context)).toEqual([inner]);
    expect(await signed.decode([payload])).toEqual([inner]);
    const other = { ...context, workflowId: 'order-2' };
    // What replay gives is made up.
    expect(await signed.decodeOnly().decode([payload], other)).toEqual([inner]);
    const error = await rejectionOf(() => signed.decode([payload], other));
    expect(error).toMatchObject({ reason: 'context-mismatch' });
    expect(await codecOf({ expectedContext: { signature: 'order-1' } }).decode([payload])).toEqual([inner]);
    const differs = codecOf({ expectedContext: { signature: 'order-2' } });
    expect((await rejectionOf(() => differs.decode([payload]))).message).toContain(
      '"signature" of expectedContext',
    );
  });

  it('shows no key', () => {
    const codec = codecOf();
    const shown = inspect(codec, { showHidden: true, depth: 9 }) + JSON.stringify(codec);
    expect(shown).not.toContain(KEYS.samples);
    expect(shown).not.toContain(Buffer.from(KEYS.samples).toString('hex'));
  });

  it.each<[string, unknown]>([
    ['keyring must be a keyring', {}],
    ['of another copy', { keyring: { onDecrypt: () => Promise.resolve() } }],
    ['discovery mode', { keyring: { onDecrypt: () => Promise.resolve(), isDiscovery: true } }],
    ['discovery mode', { keyring: new MultiKeyringNode({ children: [rawKeyring(), discovery()] }) }],
    ['discovery mode', { keyring: managing(discovery()) }],
    ['discovery mode', { keyring: buildAwsKmsMrkAwareDiscoveryMultiKeyringNode({ regions: ['eu-west-1'] }) }],
    ['encoding must be a text', { keyring: rawKeyring(), encoding: 1 }],
    ['maxEncryptedDataKeys must be', { keyring: rawKeyring(), maxEncryptedDataKeys: 0 }],
    ['requireCommitment must be', { keyring: rawKeyring(), requireCommitment: 'yes' }],
    ['expectedContext must be', { keyring: rawKeyring(), expectedContext: { a: 1 } }],
    ['checkContext must be', { keyring: rawKeyring(), checkContext: {} }],
    ['"key" is not an option', { keyring: rawKeyring(), key: 1 }],
  ])('says %s', (text, options) => {
    expect(() => new EncryptionSdkCodec(options as EncryptionSdkCodecOptions)).toThrow(text);
  });
});

function managing(keyring: KeyringNode): NodeDefaultCryptographicMaterialsManager {
  return new NodeDefaultCryptographicMaterialsManager(keyring);
}

function discovery(): KeyringNode {
  const keyring: unknown = new KmsKeyringNode({ discovery: true });
  return keyring as KeyringNode;
}

/** A keyring that has none of the keys. */
class EmptyKeyring extends KeyringNode {
  _onEncrypt(): Promise<never> {
    return Promise.reject(new Error('Not used.'));
  }
  _onDecrypt(...[material]: Parameters<KeyringNode['_onDecrypt']>): ReturnType<KeyringNode['_onDecrypt']> {
    return Promise.resolve(material);
  }
}
