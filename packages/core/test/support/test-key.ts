import { randomBytes } from 'node:crypto';
import { localWrap } from '@waxseal/test-support/vectors';

import { KeyServiceError, type KeyEncryptionKey, type KeyId } from '../../src';
import type { WrappedKey } from '../../src/provider';
import { localUnwrap } from './local-unwrap';

/**
 * A local key (docs/spec/local-key.md) that counts what it is asked, keeps the buffers that go through it,
 * and fails or waits when it is told to.
 */
export class TestKey implements KeyEncryptionKey {
  readonly id: KeyId;
  readonly bindsAad = true;
  readonly material: Uint8Array;
  wraps = 0;
  unwraps = 0;
  /** The data keys that were handed over to be wrapped: the caller's buffers, not copies. */
  readonly handedOver: Uint8Array[] = [];
  /** The same, as they were at that moment: copies outside of the pool that other buffers are views of. */
  readonly seen: Uint8Array[] = [];
  /** The data keys that were given back by unwrap: the caller's buffers now. */
  readonly givenBack: Uint8Array[] = [];
  /** What every request rejects with, while it is set. */
  failure: Error | undefined;
  /** What every request waits for. */
  gate: Promise<void> = Promise.resolve();

  constructor(id: KeyId, material: Uint8Array = new Uint8Array(randomBytes(32))) {
    this.id = id;
    this.material = material;
  }

  /** Requests of both kinds so far. */
  get requests(): number {
    return this.wraps + this.unwraps;
  }

  /** Holds every request until the function that is returned is called. */
  hold(): () => void {
    let release: () => void = () => undefined;
    this.gate = new Promise((resolve) => {
      release = resolve;
    });
    return () => {
      release();
    };
  }

  async wrap(dataKey: Uint8Array, aad: Uint8Array): Promise<WrappedKey> {
    this.wraps += 1;
    this.handedOver.push(dataKey);
    this.seen.push(new Uint8Array(dataKey));
    await this.gate;
    if (this.failure !== undefined) throw this.failure;
    return { keyId: this.id, bytes: localWrap(this.material, this.id, randomBytes(12), dataKey, aad) };
  }

  async unwrap(wrapped: WrappedKey, aad: Uint8Array): Promise<Uint8Array> {
    this.unwraps += 1;
    await this.gate;
    if (this.failure !== undefined) throw this.failure;
    const dataKey = localUnwrap(this.material, wrapped.keyId, wrapped.bytes, aad);
    if (dataKey === undefined) throw new KeyServiceError(wrapped.keyId, 'rejected-ciphertext');
    this.givenBack.push(dataKey);
    return dataKey;
  }
}
