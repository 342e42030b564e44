import { createPublicKey, type KeyObject, constants, publicEncrypt } from 'node:crypto';
import type { KeyVaultKey } from '@azure/keyvault-keys';
import { KeyServiceAnswerError, withDeadline } from '@waxseal/core/provider';
import { keyStateOf } from './exchange';
import { type KeyVaultKeyReference, versionOfAnswer } from './key-name';

const MIN_BITS = 2048;

/** The public key of one version. */
interface PublicKey {
  readonly version: string;
  readonly key: KeyObject;
}

/**
 * The public key in an answer to `Get Key`, refused where the service would refuse to wrap with it.
 *
 * @throws KeyServiceAnswerError
 */
export function publicKeyOf(answer: KeyVaultKey, reference: KeyVaultKeyReference): PublicKey {
  const version = versionOfAnswer(answer.id, reference);
  const state = keyStateOf(answer, new Date());
  if (state !== 'Enabled')
    throw new KeyServiceAnswerError(`The key’s version ${version} is ${state}.`, 'disabled');
  if (answer.keyOperations?.includes('wrapKey') === false) {
    throw new KeyServiceAnswerError('The key’s operations do not include wrapKey.', 'denied');
  }
  const { n, e } = answer.key ?? {};
  if (n === undefined || e === undefined || !/^RSA(?:-HSM)?$/.test(answer.keyType ?? '')) {
    throw new KeyServiceAnswerError('The key is no RSA key.', 'not-found');
  }
  const [modulus, exponent] = [n, e].map((part) => Buffer.from(part).toString('base64url'));
  const key = createPublicKey({
    key: { kty: 'RSA', n: String(modulus), e: String(exponent) },
    format: 'jwk',
  });
  if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < MIN_BITS) {
    throw new KeyServiceAnswerError(`The key has fewer than ${String(MIN_BITS)} bits.`, 'not-found');
  }
  return { version, key };
}

/** Older than this, the key is asked for again in the background. */
const FRESH_MS = 3_600_000;
/** Older than this, the key is not used. */
const STALE_MS = 24 * FRESH_MS;
/** After a refresh that failed, the next is not tried before this. */
const RETRY_MS = 60_000;

const PASSING: ReadonlySet<string> = new Set(['throttled', 'unavailable', 'timeout', 'unknown']);

/**
 * The public key that wraps. It is waited for only when there is none. After an hour the next use asks again
 * in the background, and the key stays in use meanwhile: while the service cannot be reached, for a day.
 * Where the service answers that the key is gone, disabled or forbidden, it is dropped at once.
 */
export class PublicKeySource {
  readonly #ask: (signal: AbortSignal) => Promise<PublicKey>;
  #current: { readonly key: PublicKey; readonly atMs: number } | undefined;
  #refreshing = false;
  #triedAtMs = -Infinity;

  /** @param ask asks the service once */
  constructor(ask: (signal: AbortSignal) => Promise<PublicKey>) {
    this.#ask = ask;
  }

  /**
   * @param refreshTimeoutMs longest wait for a refresh that this call begins in the background
   * @throws what the service's answer means, where there is no key to use
   */
  async get(signal: AbortSignal, refreshTimeoutMs: number): Promise<PublicKey> {
    signal.throwIfAborted();
    const current = this.#current;
    const ageMs = current === undefined ? Infinity : performance.now() - current.atMs;
    if (current === undefined || ageMs > STALE_MS) return this.#fetch(signal);
    if (ageMs > FRESH_MS) void this.#refresh(refreshTimeoutMs);
    return current.key;
  }

  async #fetch(signal: AbortSignal): Promise<PublicKey> {
    const key = await this.#ask(signal);
    this.#current = { key, atMs: performance.now() };
    return key;
  }

  async #refresh(timeoutMs: number): Promise<void> {
    const nowMs = performance.now();
    if (this.#refreshing || nowMs - this.#triedAtMs < RETRY_MS) return;
    this.#refreshing = true;
    this.#triedAtMs = nowMs;
    try {
      await withDeadline(timeoutMs, undefined, (signal) => this.#fetch(signal));
    } catch (error) {
      if (error instanceof KeyServiceAnswerError && !PASSING.has(error.reason)) this.#current = undefined;
    } finally {
      this.#refreshing = false;
    }
  }
}

/**
 * RSAES-OAEP (RFC 8017 §7.1) with SHA-256 for both hashes and no label: what the service calls
 * `RSA-OAEP-256`.
 */
export function wrapWithPublicKey({ key }: PublicKey, dataKey: Uint8Array): Uint8Array {
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return new Uint8Array(publicEncrypt({ key, padding, oaepHash: 'sha256' }, dataKey));
}
