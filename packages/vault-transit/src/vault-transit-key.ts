import { inspect } from 'node:util';

import {
  KeyServiceError,
  requestKeyService,
  type KeyEncryptionKey,
  type KeyId,
  type KeyRequestOptions,
  type WrappedKey,
} from '@waxseal/core';

import { dataKeyOf } from './data-key-of';
import { isTokenDead } from './is-token-dead';
import type { JsonObject } from './json-object';
import { parseTransitCiphertext } from './parse-transit-ciphertext';
import { tokenSourceOf } from './token-source-of';
import type { TokenSource } from './token-source';
import { transitVersionOf } from './transit-version-of';
import { VaultClient } from './vault-client';
import { MUST_EXIST, vaultErrorReason } from './vault-errors';
import { vaultSettings, type VaultSettings } from './vault-settings';
import type { VaultTransitKeyOptions } from './vault-transit-key-options';
import { wrappedKeyOf } from './wrapped-key-of';

/** Of the right form, and too short for any key. */
const NO_CIPHERTEXT = 'vault:v1:AAAA';

/**
 * A key of the Transit engine of HashiCorp Vault or OpenBao as a key-encryption key. The AAD is Transit's
 * `associated_data`; payloads record the version of the key that wrapped.
 *
 * No request can create a key. Data keys pass through strings on their way (HTTP bodies are JSON), which cannot be zeroed.
 */
export class VaultTransitKey implements KeyEncryptionKey {
  readonly id: KeyId;
  readonly bindsAad = true;

  readonly #settings: VaultSettings;
  readonly #client: VaultClient;
  readonly #tokens: TokenSource;

  /** Makes no call. @throws ConfigurationError that names the field */
  constructor(options: VaultTransitKeyOptions) {
    this.#settings = vaultSettings(options);
    const { id, address, namespace, limits } = this.#settings;
    this.id = id;
    this.#client = new VaultClient(address, namespace, options.fetch ?? fetch);
    this.#tokens = tokenSourceOf(options.auth, this.#client, limits.attemptTimeoutMs);
  }

  /** Whether `keyId` is a version of this key; the service is not asked whether the version exists. */
  owns(keyId: KeyId): boolean {
    return transitVersionOf(keyId, this.id) !== undefined;
  }

  /** @throws KeyServiceError */
  async wrap(dataKey: Uint8Array, aad: Uint8Array, options?: KeyRequestOptions): Promise<WrappedKey> {
    const plaintext = base64(dataKey);
    const body = { plaintext, associated_data: base64(aad), type: MUST_EXIST };
    return this.#request(this.id, options, this.#settings.encryptPath, body, plaintext, (answer) =>
      wrappedKeyOf(answer, this.id),
    );
  }

  /**
   * @throws KeyServiceError `not-found` when the wrapped key names another key, `rejected-ciphertext` when it is not of the
   *   version that it names; the service is not asked then
   */
  async unwrap(wrapped: WrappedKey, aad: Uint8Array, options?: KeyRequestOptions): Promise<Uint8Array> {
    const { keyId, bytes } = wrapped;
    const version = transitVersionOf(keyId, this.id);
    if (version === undefined) throw new KeyServiceError(keyId, 'not-found');
    const ciphertext = parseTransitCiphertext(bytes);
    if (ciphertext?.version !== version) throw new KeyServiceError(keyId, 'rejected-ciphertext');
    const body = { ciphertext: ciphertext.text, associated_data: base64(aad) };
    const dataKey = await this.#request(
      keyId,
      options,
      this.#settings.decryptPath,
      body,
      undefined,
      dataKeyOf,
    );
    if (dataKey === undefined) throw new KeyServiceError(keyId, 'rejected-ciphertext');
    return dataKey;
  }

  #request<T>(
    keyId: KeyId,
    options: KeyRequestOptions | undefined,
    path: string,
    body: JsonObject,
    secret: string | undefined,
    read: (answer: JsonObject) => T,
  ): Promise<T> {
    const secrets = secret === undefined ? [] : [secret];
    const post = async (token: string, signal: AbortSignal): Promise<JsonObject> => {
      try {
        return await this.#client.post({ path, body, token, secrets, signal });
      } catch (error) {
        throw await this.#explain(error, path, token, signal);
      }
    };
    return requestKeyService({
      keyId,
      limits: this.#settings.limits,
      signal: options?.signal,
      reasonOf: vaultErrorReason,
      attempt: async (signal) => {
        signal.throwIfAborted();
        const token = await this.#tokens.token();
        try {
          return read(await post(token, signal));
        } catch (error) {
          if (!isTokenDead(error) || !this.#tokens.reject(token)) throw error;
        }
        return read(await post(await this.#tokens.token(), signal));
      },
    });
  }

  /** Who may not create keys is told 403 when it encrypts under one that is not there. Decryption tells the two apart. */
  async #explain(error: unknown, path: string, token: string, signal: AbortSignal): Promise<unknown> {
    const { encryptPath, decryptPath } = this.#settings;
    if (path !== encryptPath || isTokenDead(error) || vaultErrorReason(error) !== 'denied') return error;
    const body = { ciphertext: NO_CIPHERTEXT };
    try {
      await this.#client.post({ path: decryptPath, body, token, secrets: [], signal });
    } catch (answer) {
      if (vaultErrorReason(answer) === 'not-found') return answer;
    }
    return error;
  }

  /** The key ID only. */
  toJSON(): { readonly id: KeyId } {
    return { id: this.id };
  }

  [inspect.custom](): string {
    return `VaultTransitKey ${inspect(this.toJSON())}`;
  }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
}
