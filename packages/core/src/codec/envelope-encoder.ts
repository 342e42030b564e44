import type { Payload, SerializationContext } from '@temporalio/common';

import { seal } from '../cipher/seal';
import { MONOTONIC_CLOCK } from '../data-keys/clock';
import { DataKey } from '../data-keys/data-key';
import { EncodingKeys } from '../data-keys/encoding-keys';
import { ContextSerializer } from '../encryption-context/context-serializer';
import type { CodecSettings } from './codec-settings';
import { outerPayload } from './outer-payload';
import { serializePayload } from './serialize-payload';

/** Seals payloads under the data key of the moment. */
export class EnvelopeEncoder {
  readonly #contextSerializer: ContextSerializer;
  readonly #keys: EncodingKeys;

  /** @param onCreated told of each new data key before it is used */
  constructor({ keyring, limits, binding }: CodecSettings, onCreated: (dataKey: DataKey) => void) {
    this.#contextSerializer = new ContextSerializer(binding);
    this.#keys = new EncodingKeys(keyring, limits, MONOTONIC_CLOCK, onCreated);
  }

  /** As `EnvelopeCodec.warmUp`. */
  async warmUp(): Promise<void> {
    this.#keys.assertOpen();
    await this.#keys.warmUp();
  }

  /** Drops the data key and ends what is under way. */
  close(): void {
    this.#keys.close();
  }

  /** As `EnvelopeCodec.encode`. */
  async encode(payloads: Payload[], context: SerializationContext | undefined): Promise<Payload[]> {
    this.#keys.assertOpen();
    const serializedContext = this.#contextSerializer.serialize(context);
    // All that can throw at once comes before the first request, so that no rejection is left without a handler.
    const plaintexts = payloads.map(serializePayload);
    const acquired = plaintexts.map((plaintext) => this.#keys.acquire(byteLength(plaintext)));
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
