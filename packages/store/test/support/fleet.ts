import { randomBytes } from 'node:crypto';
import {
  EnvelopeCodec,
  type DataKeyOptions,
  type KeyEncryptionKey,
  Keyring,
  type Telemetry,
} from '@waxseal/core';
import type { KeyRequestOptions, KeyServiceError, WrappedKey } from '@waxseal/core/provider';
import { LocalKey } from '@waxseal/local-key';
import { SharedDataKeys, type SharedDataKeysOptions, type Store } from '@waxseal/store';

/** A local key that counts what it is asked, and fails or waits when it is told to. */
export class CountingKey implements KeyEncryptionKey {
  readonly id: string;
  readonly bindsAad: boolean;
  readonly #key: LocalKey;
  /** Wraps and unwraps of data keys. */
  wraps = 0;
  unwraps = 0;
  /** Wraps and unwraps of anything else. */
  otherWraps = 0;
  otherUnwraps = 0;
  /** What every request rejects with, while it is set. */
  failure: KeyServiceError | undefined;
  /** What every wrap waits for. */
  gate: Promise<void> = Promise.resolve();

  constructor(id = 'orders', material: Uint8Array = randomBytes(32), bindsAad = true) {
    this.id = id;
    this.bindsAad = bindsAad;
    this.#key = new LocalKey({ id, key: material });
  }

  async wrap(dataKey: Uint8Array, aad: Uint8Array, options?: KeyRequestOptions): Promise<WrappedKey> {
    if (isOfDataKey(aad)) this.wraps += 1;
    else this.otherWraps += 1;
    const copy = new Uint8Array(dataKey);
    await this.gate;
    if (this.failure !== undefined) throw this.failure;
    return this.#key.wrap(copy, this.bindsAad ? aad : new Uint8Array(1), options);
  }

  async unwrap(wrapped: WrappedKey, aad: Uint8Array, options?: KeyRequestOptions): Promise<Uint8Array> {
    if (isOfDataKey(aad)) this.unwraps += 1;
    else this.otherUnwraps += 1;
    if (this.failure !== undefined) throw this.failure;
    return this.#key.unwrap(wrapped, this.bindsAad ? aad : new Uint8Array(1), options);
  }
}

function isOfDataKey(aad: Uint8Array): boolean {
  return Buffer.from(aad).toString() === 'waxseal/v1/data-key';
}

/** One process of a fleet, as far as data keys are concerned. */
export interface Member {
  readonly codec: EnvelopeCodec;
  /** Parts that it took of shared data keys, and data keys that it made in their place. */
  readonly taken: { shared: number; own: number };
  /** Encodes so many payloads, one after the other. */
  encode(payloads?: number): Promise<void>;
}

/** Clocks as a test sets them. */
export interface TestClocks {
  readonly steady: () => number;
  readonly wall: () => number;
}

/** A codec of its own, with its own keyring, that shares data keys in a store. */
export function makeMember(
  key: KeyEncryptionKey,
  shared: SharedDataKeysOptions & { readonly store: Store },
  options: DataKeyOptions = {},
  clocks?: TestClocks,
): Member {
  const taken = { shared: 0, own: 0 };
  const telemetry: Telemetry = { dataKeyTaken: (from) => (taken[from] += 1) };
  const codec = new EnvelopeCodec({
    keyring: new Keyring({ primary: key }),
    dataKeys: { ...options, shared: new SharedDataKeys(shared, clocks) },
    telemetry,
  });
  return {
    codec,
    taken,
    async encode(payloads = 1) {
      for (let count = 0; count < payloads; count++) await codec.encode([{ data: new Uint8Array(8) }]);
    },
  };
}

/** The data key that a payload is sealed under, by its wrapped form. */
export async function dataKeyOf({ codec }: Member): Promise<string> {
  const [sealed] = await codec.encode([{ data: new Uint8Array(8) }]);
  const data = Buffer.from(sealed?.data ?? []);
  // Version, suite, salt, commitment, context of 0 bytes with its length, count, length and wrapped key.
  const contextLength = data.readUInt16BE(66);
  const at = 68 + contextLength + 1;
  return data.subarray(at + 2, at + 2 + data.readUInt16BE(at)).toString('hex');
}
