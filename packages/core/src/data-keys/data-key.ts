import { type KeyObject, createSecretKey, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { serializeWrappedKeys } from '../envelope/envelope';
import { DATA_KEY_BYTES } from '../key/key-encryption-key';
import type { KeyId, WrappedKey } from '../key/key-encryption-key';
import type { GuardedRequestOptions } from '../keyring/guarded-key';
import type { Keyring } from '../keyring/keyring';

/** A data key that encrypts, with what has been encrypted under it so far. */
export class DataKey {
  readonly #secret: KeyObject;
  #messages = 0;
  #bytes = 0;

  readonly wrappedKeys: readonly [WrappedKey, ...WrappedKey[]];
  /** UTF-8 of the primary key ID. */
  readonly keyIdBytes: Uint8Array;
  /** {@link wrappedKeys} as they stand in a header. */
  readonly serializedWrappedKeys: Uint8Array;
  /** When it was made, by the codec's clock, in milliseconds. */
  readonly createdAtMs: number;

  constructor(secret: KeyObject, wrappedKeys: readonly [WrappedKey, ...WrappedKey[]], createdAtMs: number) {
    this.#secret = secret;
    this.wrappedKeys = wrappedKeys;
    // Buffers of their own: Node's shared pool may hold plaintext, which an inspector would show beside them.
    this.keyIdBytes = new TextEncoder().encode(wrappedKeys[0].keyId);
    this.serializedWrappedKeys = new Uint8Array(serializeWrappedKeys(wrappedKeys));
    this.createdAtMs = createdAtMs;
  }

  /** The key itself: 32 bytes that never leave the process. */
  get secret(): KeyObject {
    return this.#secret;
  }

  /** The primary key ID. */
  get keyId(): KeyId {
    return this.wrappedKeys[0].keyId;
  }

  /** Payloads encrypted so far. */
  get messages(): number {
    return this.#messages;
  }

  /** Bytes of plaintext encrypted so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Counts one payload of `bytes` bytes of plaintext. */
  count(bytes: number): void {
    this.#messages += 1;
    this.#bytes += bytes;
  }

  /** Key ID and counts only. */
  toJSON(): { readonly keyId: KeyId; readonly messages: number; readonly bytes: number } {
    return { keyId: this.keyId, messages: this.#messages, bytes: this.#bytes };
  }

  [inspect.custom](): string {
    return `DataKey ${inspect(this.toJSON())}`;
  }
}

/**
 * Makes a data key and has it wrapped. The raw bytes are zeroed before this settles; the key lives on in a
 * `KeyObject`.
 *
 * @param createdAtMs the clock's time when the wrap was asked for, so that waiting counts as age
 * @throws KeyServiceError and ConfigurationError, as `Keyring.wrap` does
 */
export async function createDataKey(
  keyring: Keyring,
  createdAtMs: number,
  options: GuardedRequestOptions,
): Promise<DataKey> {
  // randomBytes gives a slice of no pool: zeroing it zeroes the only copy.
  const bytes = randomBytes(DATA_KEY_BYTES);
  try {
    const secret = createSecretKey(bytes);
    const wrappedKeys = await keyring.wrap(bytes, options);
    return new DataKey(secret, wrappedKeys, createdAtMs);
  } finally {
    bytes.fill(0);
  }
}
