import { createSecretKey, type KeyObject } from 'node:crypto';
import { isUint8Array } from 'node:util/types';
import { ConfigurationError, isWaxsealError, KeyServiceError } from '@waxseal/core';
import { endOnAbort, rethrowCopy, withDeadline } from '@waxseal/core/internal';

/** A key as bytes, or as text in base64. */
export type StaticKeyMaterial = Uint8Array | string;

/**
 * A key, or what gives it: read a file or a secret store there. It is called when the first payload needs it,
 * once as long as it succeeds.
 */
export type StaticKey = StaticKeyMaterial | (() => StaticKeyMaterial | Promise<StaticKeyMaterial>);

/** Longest wait for a function that gives a key. Below the ten seconds of a workflow task. */
const TIMEOUT_MS = 6_000;

/** One key that a user has given. Nothing that prints it shows it. */
export class KeptKey {
  readonly #field: string;
  readonly #keyId: string;
  readonly #lengths: ReadonlySet<number>;
  readonly #source: () => StaticKeyMaterial | Promise<StaticKeyMaterial>;
  #key: KeyObject | undefined;
  #underWay: Promise<KeyObject> | undefined;

  /**
   * @param field name of the option, for messages
   * @param keyId as it may be shown
   * @param lengths of the key, in bytes
   * @throws ConfigurationError where bytes or text are no key of such a length
   */
  constructor(field: string, keyId: string, given: unknown, lengths: ReadonlySet<number>) {
    this.#field = field;
    this.#keyId = keyId;
    this.#lengths = lengths;
    if (typeof given === 'function') {
      this.#source = given as () => StaticKeyMaterial | Promise<StaticKeyMaterial>;
    } else {
      this.#key = this.#parse(given);
      this.#source = () => '';
    }
  }

  /**
   * The key: at once, where it is there.
   *
   * @param signal ends the waiting of one caller
   * @throws KeyServiceError where the function gives none in time, or throws
   * @throws ConfigurationError where what it gives is no key
   */
  get(signal?: AbortSignal): KeyObject | Promise<KeyObject> {
    if (this.#key !== undefined) return this.#key;
    this.#underWay ??= this.#load().finally(() => {
      this.#underWay = undefined;
    });
    // Those who wait may all be gone; those who are there each get an error of their own.
    this.#underWay.catch(() => undefined);
    const loading = signal === undefined ? this.#underWay : endOnAbort(this.#underWay, signal);
    return loading.catch(rethrowCopy);
  }

  async #load(): Promise<KeyObject> {
    let given: unknown;
    try {
      given = await withDeadline(TIMEOUT_MS, undefined, async () => this.#source());
    } catch (error) {
      if (isWaxsealError(error)) throw error;
      const isLate = (error as { readonly name?: unknown } | undefined)?.name === 'TimeoutError';
      // What it threw is left out: the text of a file or of a secret store's answer can hold the key.
      const because = isLate
        ? `The function of ${this.#field} gave no key within ${String(TIMEOUT_MS)} ms.`
        : `The function of ${this.#field} threw an error, which is left out since it can hold the key.`;
      throw new KeyServiceError(this.#keyId, isLate ? 'timeout' : 'unavailable', { because });
    }
    return (this.#key = this.#parse(given));
  }

  #parse(given: unknown): KeyObject {
    const bytes = typeof given === 'string' ? fromBase64(this.#field, given) : given;
    if (isUint8Array(bytes) && this.#lengths.has(bytes.length)) return createSecretKey(bytes);
    throw new ConfigurationError(
      `${this.#field} must be a key of ${[...this.#lengths].join(', ')} bytes: a Uint8Array, its base64, or a function that gives one.`,
    );
  }
}

function fromBase64(field: string, text: string): Uint8Array | undefined {
  if (!/^[\w+/-]+={0,2}$/.test(text)) return undefined;
  if (text.length === 32) {
    throw new ConfigurationError(
      `${field}: a text of 32 characters may be a key of 32 bytes, or one of 24 bytes in base64. Say which: Buffer.from(text, 'utf8') or Buffer.from(text, 'base64').`,
    );
  }
  return Buffer.from(text, 'base64');
}
