import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type * as Salsa from '@noble/ciphers/salsa';
import { ConfigurationError, KeyServiceError } from '@waxseal/core';
import { explainMissing } from '@waxseal/core/provider';
import type { KekUri } from './kek-uri';
import type { RawKey } from './proxy-key';

const KEY_BYTES = 32;
const NONCE_BYTES = 24;

/**
 * A test key of temporal-proxy, `base64key://<32 bytes>`: NaCl's secretbox (XSalsa20-Poly1305), with the
 * nonce before the box, as `gocloud.dev/secrets/localsecrets` writes it.
 *
 * Whoever can read a payload can open it: its key ID is the key.
 */
export class SecretboxKey implements RawKey {
  readonly #uri: KekUri;
  readonly #key: KeyObject;
  readonly #secretbox: Secretbox;

  /** @throws ConfigurationError where the URI holds no key of 32 bytes, or the package is missing */
  constructor(uri: KekUri) {
    const text = /^base64key:\/\/([\w+/-]{43}=)$/.exec(uri.text)?.[1] ?? '';
    const bytes = Buffer.from(text, 'base64');
    if (bytes.length !== KEY_BYTES) {
      throw new ConfigurationError(
        'TemporalProxyCodec: each of base64Keys must be base64key:// or testing:// with a key of 32 bytes in base64, with padding.',
      );
    }
    this.#secretbox = loadSecretbox();
    this.#uri = uri;
    this.#key = createSecretKey(bytes);
    bytes.fill(0);
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async unwrap(wrapped: Uint8Array): Promise<Uint8Array> {
    const nonce = wrapped.subarray(0, NONCE_BYTES);
    if (nonce.length < NONCE_BYTES) throw new KeyServiceError(this.#uri.shown, 'rejected-ciphertext');
    return this.#use(nonce, (secretbox) => {
      try {
        return secretbox.decrypt(wrapped.subarray(NONCE_BYTES));
      } catch {
        throw new KeyServiceError(this.#uri.shown, 'rejected-ciphertext');
      }
    });
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async wrap(dataKey: Uint8Array): Promise<Uint8Array> {
    const nonce = randomBytes(NONCE_BYTES);
    return this.#use(nonce, (secretbox) => Buffer.concat([nonce, secretbox.encrypt(dataKey)]));
  }

  #use<T>(nonce: Uint8Array, use: (secretbox: ReturnType<Secretbox>) => T): T {
    const secret = this.#key.export();
    try {
      return use(this.#secretbox(secret, nonce));
    } finally {
      secret.fill(0);
    }
  }
}

type Secretbox = typeof Salsa.xsalsa20poly1305;

function loadSecretbox(): Secretbox {
  try {
    // An optional package: only test keys need it.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    return (require('@noble/ciphers/salsa') as typeof Salsa).xsalsa20poly1305;
  } catch (cause) {
    throw explainMissing(cause, 'base64Keys of a TemporalProxyCodec', ['@noble/ciphers']);
  }
}
