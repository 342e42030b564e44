import { isWaxsealError, KeyServiceError } from '@waxseal/core';
import {
  explainWithoutText,
  firstWord,
  requestKeyService,
  type KeyEncryptionKey,
  type KeyId,
  type KeyRequestOptions,
  type KeyServiceFailure,
  type WrappedKey,
} from '@waxseal/core/provider';

/**
 * What unwraps data keys of temporal-proxy where no provider of Waxseal's does: behind an `extension://` key,
 * for one. It is asked within the deadlines of the codec's `requests`.
 */
export interface RawKey {
  /**
   * @param wrapped bytes as the proxy's key gave them; not to be changed
   * @returns 32 bytes in a buffer that the caller zeroes
   * @throws KeyServiceError where it can say why; any other error counts as `unknown`
   */
  unwrap(wrapped: Uint8Array, options: { readonly signal: AbortSignal }): Promise<Uint8Array>;
  /**
   * Only for writing.
   *
   * @param dataKey 32 bytes, read during the call only
   */
  wrap?(dataKey: Uint8Array, options: { readonly signal: AbortSignal }): Promise<Uint8Array>;
}

/**
 * What stands for a key of temporal-proxy: a provider's key, such as an `AwsKmsKey`; several, of which each
 * is tried, such as the versions of an Azure key whose URI names none; or a {@link RawKey}.
 */
export type ProxyKey = KeyEncryptionKey | readonly KeyEncryptionKey[] | RawKey;

/** The proxy binds nothing: providers send no AAD where it is empty. */
const NO_AAD = new Uint8Array();

/**
 * A key of temporal-proxy as a keyring's: the proxy's key services wrap 32 bytes and nothing else, so that
 * providers of Waxseal's open them without an AAD. Within a keyring it has the same queue, breaker, deadlines
 * and memory of refusals as any other key.
 */
export class ProxyKek implements KeyEncryptionKey {
  readonly id: KeyId;
  readonly provider: string;
  readonly bindsAad = false;

  readonly #keys: readonly (KeyEncryptionKey | RawKey)[];

  /** @param id as it may be shown: also where the proxy's own ID is the key itself */
  constructor(id: KeyId, keys: readonly (KeyEncryptionKey | RawKey)[]) {
    this.id = id;
    this.#keys = keys;
    const [first] = keys;
    this.provider =
      (first !== undefined && isProvider(first) ? first.provider : undefined) ?? 'temporal-proxy';
  }

  /** Whether it can be written under. */
  get canWrap(): boolean {
    return this.#keys.length === 1 && typeof this.#keys[0]?.wrap === 'function';
  }

  async wrap(dataKey: Uint8Array, _aad: Uint8Array, options?: KeyRequestOptions): Promise<WrappedKey> {
    const [key] = this.#keys;
    if (key === undefined || key.wrap === undefined) throw new KeyServiceError(this.id, 'denied');
    const bytes = isProvider(key)
      ? (await key.wrap(dataKey, NO_AAD, options)).bytes
      : await this.#ask(options, (signal) => key.wrap?.(dataKey, { signal }) ?? Promise.resolve(NO_AAD));
    return { keyId: this.id, bytes };
  }

  async unwrap({ bytes }: WrappedKey, _aad: Uint8Array, options?: KeyRequestOptions): Promise<Uint8Array> {
    let refusal: KeyServiceError | undefined;
    for (const key of this.#keys) {
      try {
        if (!isProvider(key)) return await this.#ask(options, (signal) => key.unwrap(bytes, { signal }));
        return await key.unwrap({ keyId: nameFor(key), bytes }, NO_AAD, options);
      } catch (error) {
        if (!(error instanceof KeyServiceError)) throw error;
        // What one version cannot open another may; an outage is told before a refusal.
        if (refusal === undefined || error.retryable) refusal = error;
      }
    }
    throw refusal ?? new KeyServiceError(this.id, 'not-found');
  }

  #ask(
    options: KeyRequestOptions | undefined,
    ask: (signal: AbortSignal) => Promise<Uint8Array>,
  ): Promise<Uint8Array> {
    return requestKeyService({ keyId: this.id, options, attempt: (signal) => ask(signal), explain });
  }
}

function isProvider(key: KeyEncryptionKey | RawKey): key is KeyEncryptionKey {
  return 'id' in key;
}

/**
 * A key ID that the provider takes for its own. Google's keys own their versions alone, and their ciphertexts
 * tell the service which: the number here says nothing.
 */
function nameFor(key: KeyEncryptionKey): KeyId {
  const isOwn = (name: string): boolean => key.owns === undefined || key.owns(name);
  return [key.id, `${key.id}/cryptoKeyVersions/1`].find(isOwn) ?? key.id;
}

function explain(error: unknown): KeyServiceFailure {
  if (error instanceof KeyServiceError) return { reason: error.reason, cause: error, because: error.because };
  if (isWaxsealError(error)) throw error;
  return explainWithoutText('A key of temporal-proxy threw an error', 'unknown', {
    originalName: firstWord((error as { readonly name?: unknown } | undefined)?.name),
  });
}
