import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { KeyServiceError, type KeyEncryptionKey, type KeyId } from '../../src';
import type { WrappedKey } from '../../src/provider';

/**
 * A key in the memory of a "service" that takes some milliseconds for each request, owns all key IDs that
 * begin with its own, and keeps count. A wrapped key that it did not make it refuses.
 */
export class SlowKey implements KeyEncryptionKey {
  readonly id: KeyId;
  readonly bindsAad = false;
  readonly latencyMs: number;
  wraps = 0;
  unwraps = 0;
  underWay = 0;
  mostUnderWay = 0;
  /** What a wrapped key that is not its own is refused with; `undefined`: `rejected-ciphertext`. */
  refusal: ConstructorParameters<typeof KeyServiceError>[1] = 'rejected-ciphertext';
  /** What every request rejects with, while it is set. */
  failure: Error | undefined;
  readonly #dataKeys = new Map<string, Uint8Array>();

  constructor(id: KeyId, latencyMs: number) {
    this.id = id;
    this.latencyMs = latencyMs;
  }

  owns(keyId: KeyId): boolean {
    return keyId.startsWith(this.id);
  }

  async wrap(dataKey: Uint8Array): Promise<WrappedKey> {
    this.wraps += 1;
    const bytes = new Uint8Array(randomBytes(61));
    this.#dataKeys.set(Buffer.from(bytes).toString('latin1'), new Uint8Array(dataKey));
    await this.#answer();
    return { keyId: this.id, bytes };
  }

  async unwrap({ keyId, bytes }: WrappedKey): Promise<Uint8Array> {
    this.unwraps += 1;
    await this.#answer();
    const dataKey = this.#dataKeys.get(Buffer.from(bytes).toString('latin1'));
    if (dataKey === undefined) throw new KeyServiceError(keyId, this.refusal);
    return new Uint8Array(dataKey);
  }

  async #answer(): Promise<void> {
    this.underWay += 1;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
    try {
      if (this.latencyMs > 0) await sleep(this.latencyMs);
      if (this.failure !== undefined) throw this.failure;
    } finally {
      this.underWay -= 1;
    }
  }
}
