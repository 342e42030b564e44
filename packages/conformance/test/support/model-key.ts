import { KeyServiceError, type KeyEncryptionKey } from '@waxseal/core';
import {
  requestKeyService,
  type KeyDescription,
  type KeyPermission,
  type KeyPermissions,
  type KeyRequestOptions,
  type WrappedKey,
} from '@waxseal/core/provider';

import { ModelRefusal, type ModelRight, type ModelService } from './model-service';

/** A provider for the model service that keeps all the rules. Tests break it by overriding. */
export class ModelKey implements KeyEncryptionKey {
  readonly id: string;
  readonly bindsAad: boolean = true;
  readonly service: ModelService;
  readonly #name: string;

  constructor(service: ModelService, name: string) {
    this.id = `model://${name}`;
    this.#name = name;
    this.service = service;
    Object.defineProperty(this, 'service', { enumerable: false });
  }

  owns(keyId: string): boolean {
    return /^\/v\d+$/.test(keyId.slice(this.id.length)) && keyId.startsWith(this.id);
  }

  async wrap(dataKey: Uint8Array, aad: Uint8Array, options?: KeyRequestOptions): Promise<WrappedKey> {
    const bytes = await this.ask(this.id, options, (signal) =>
      this.service.encrypt(this.#name, dataKey, aad, signal),
    );
    return { keyId: `${this.id}/v${String(bytes[0])}`, bytes };
  }

  async unwrap(wrapped: WrappedKey, aad: Uint8Array, options?: KeyRequestOptions): Promise<Uint8Array> {
    if (!this.owns(wrapped.keyId)) throw new KeyServiceError(wrapped.keyId, 'not-found');
    if (wrapped.keyId !== `${this.id}/v${String(wrapped.bytes[0])}`) {
      throw new KeyServiceError(wrapped.keyId, 'rejected-ciphertext');
    }
    return this.ask(wrapped.keyId, options, (signal) =>
      this.service.decrypt(this.#name, wrapped.bytes, aad, signal),
    );
  }

  async describe(): Promise<KeyDescription> {
    // eslint-disable-next-line @typescript-eslint/require-await
    const state = await this.ask(this.id, undefined, async () => this.service.look(this.#name));
    const isUsable = state === 'enabled';
    return { service: 'model', name: this.id, state, isUsable, version: undefined, details: {} };
  }

  async checkPermissions(_aad: Uint8Array, options?: KeyRequestOptions): Promise<KeyPermissions> {
    const permission = async (right: ModelRight): Promise<KeyPermission> => {
      try {
        await this.ask(this.id, options, (signal) => this.service.ask(this.#name, right, signal));
        return { allowed: true };
      } catch (error) {
        if (!(error instanceof KeyServiceError) || error.reason !== 'denied') throw error;
        return { allowed: false, error };
      }
    };
    return { caller: undefined, wrap: await permission('encrypt'), unwrap: await permission('decrypt') };
  }

  protected ask<T>(
    keyId: string,
    options: KeyRequestOptions | undefined,
    attempt: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    return requestKeyService({
      keyId,
      options,
      attempt,
      explain: (cause) => ({ reason: cause instanceof ModelRefusal ? cause.reason : 'unavailable', cause }),
    });
  }
}
