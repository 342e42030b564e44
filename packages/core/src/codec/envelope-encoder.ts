import type { Payload, SerializationContext } from '@temporalio/common';

import { seal } from '../cipher/seal';
import { DataKey } from '../data-keys/data-key';
import type { DataKeysByKeyring } from '../data-keys/data-keys-by-keyring';
import { ContextSerializer } from '../encryption-context/context-serializer';
import type { Keyring } from '../keyring/keyring';
import type { KeyringContext, KeyringSelector } from '../keyring/keyring-selector';
import type { CodecSettings } from './codec-settings';
import { keyringContext } from './keyring-context';
import { outerPayload } from './outer-payload';
import { selectKeyring } from './select-keyring';
import { serializePayload } from './serialize-payload';

/** Seals payloads under the data key of the moment. */
export class EnvelopeEncoder {
  readonly #keyring: Keyring | KeyringSelector;
  readonly #contextSerializer: ContextSerializer;
  readonly #dataKeys: DataKeysByKeyring;

  constructor({ keyring, binding }: CodecSettings, dataKeys: DataKeysByKeyring) {
    this.#keyring = keyring;
    this.#contextSerializer = new ContextSerializer(binding);
    this.#dataKeys = dataKeys;
  }

  /** As `EnvelopeCodec.warmUp`. */
  async warmUp(context: KeyringContext): Promise<void> {
    await this.#dataKeys.of(selectKeyring(this.#keyring, context)).encoding.warmUp();
  }

  /** As `EnvelopeCodec.encode`. */
  async encode(payloads: Payload[], context: SerializationContext | undefined): Promise<Payload[]> {
    const { encoding } = this.#dataKeys.of(selectKeyring(this.#keyring, keyringContext(context)));
    const serializedContext = this.#contextSerializer.serialize(context);
    // All that can throw at once comes before the first request, so that no rejection is left without a handler.
    const plaintexts = payloads.map(serializePayload);
    const acquired = plaintexts.map((plaintext) => encoding.acquire(byteLength(plaintext)));
    const dataKeys = acquired.every(isDataKey)
      ? acquired
      : await Promise.all(acquired.map((dataKey) => Promise.resolve(dataKey)));
    return dataKeys.map((dataKey, index) => sealUnder(dataKey, serializedContext, plaintexts[index] ?? []));
  }
}

function sealUnder(dataKey: DataKey, context: Uint8Array, plaintext: readonly Uint8Array[]): Payload {
  const envelope = seal({
    dataKey: dataKey.secret,
    keyId: dataKey.keyIdBytes,
    context,
    wrappedKeys: dataKey.serializedWrappedKeys,
    plaintext,
  });
  return outerPayload(dataKey.keyIdBytes, envelope);
}

function byteLength(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

function isDataKey(acquired: DataKey | Promise<DataKey>): acquired is DataKey {
  return acquired instanceof DataKey;
}
