import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { KeyServiceErrorReason } from '@waxseal/core';

/** What the model service refuses with. */
export class ModelRefusal extends Error {
  readonly reason: KeyServiceErrorReason;

  constructor(reason: KeyServiceErrorReason) {
    super(`The service says ${reason}.`);
    this.reason = reason;
  }
}

/** What a caller may do with a key of the model service. */
export type ModelRight = 'encrypt' | 'decrypt' | 'look';

interface ModelKeyState {
  readonly versions: Buffer[];
  state: 'enabled' | 'disabled' | 'denied';
}

/** A key service in memory, with keys, versions, states and faults. */
export class ModelService {
  readonly keys = new Map<string, ModelKeyState>();
  requests = 0;
  throttled = 0;
  cut = 0;
  delayMs = 0;
  connected = true;
  rights: readonly ModelRight[] = ['encrypt', 'decrypt', 'look'];

  create(name: string): void {
    this.keys.set(name, { versions: [randomBytes(32)], state: 'enabled' });
  }

  async encrypt(name: string, plaintext: Uint8Array, aad: Uint8Array, signal?: AbortSignal): Promise<Buffer> {
    const { versions } = await this.#ask(name, 'encrypt', signal);
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', versions.at(-1) ?? '', nonce).setAAD(aad);
    const parts = [nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()];
    return Buffer.concat([Buffer.of(versions.length), ...parts]);
  }

  async decrypt(name: string, text: Uint8Array, aad: Uint8Array, signal?: AbortSignal): Promise<Buffer> {
    const key = (await this.#ask(name, 'decrypt', signal)).versions[(text[0] ?? 0) - 1];
    if (key === undefined || text.length !== 61) throw new ModelRefusal('rejected-ciphertext');
    const decipher = createDecipheriv('aes-256-gcm', key, text.subarray(1, 13)).setAAD(aad);
    decipher.setAuthTag(text.subarray(45));
    try {
      return Buffer.concat([decipher.update(text.subarray(13, 45)), decipher.final()]);
    } catch {
      throw new ModelRefusal('rejected-ciphertext');
    }
  }

  /** The state of a key, which only those who may look at it learn. */
  look(name: string): string {
    if (!this.rights.includes('look')) throw new ModelRefusal('denied');
    return this.keys.get(name)?.state ?? 'unknown';
  }

  /** Asks whether the caller has a right. */
  async ask(name: string, right: ModelRight, signal?: AbortSignal): Promise<void> {
    await this.#ask(name, right, signal);
  }

  async #ask(name: string, right: ModelRight, signal: AbortSignal | undefined): Promise<ModelKeyState> {
    this.requests += 1;
    if (!this.connected) throw new ModelRefusal('unavailable');
    if (this.delayMs > 0) await sleep(this.delayMs, undefined, { signal, ref: false });
    if (this.throttled-- > 0) throw new ModelRefusal('throttled');
    if (this.cut-- > 0) throw new ModelRefusal('unavailable');
    if (!this.rights.includes(right)) throw new ModelRefusal('denied');
    const key = this.keys.get(name);
    if (key === undefined) throw new ModelRefusal('not-found');
    if (key.state !== 'enabled') throw new ModelRefusal(key.state);
    return key;
  }
}
