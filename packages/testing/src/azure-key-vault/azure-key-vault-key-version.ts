import { randomBytes, type KeyObject } from 'node:crypto';

import type { RsaKeyPair } from './rsa-key-pool';

/** What a version is made of. */
export type AzureKeyMaterial = RsaKeyPair | { readonly secret: KeyObject };

/** One version of a key of the double. */
export class AzureKeyVaultKeyVersion {
  /** 32 hexadecimal digits. */
  readonly version = randomBytes(16).toString('hex');
  /** The versioned key identifier, as the service answers it. */
  readonly kid: string;
  readonly createdAt = new Date();
  /** May be set. A disabled version neither wraps nor unwraps: `KeyDisabled`. */
  enabled = true;
  /** `exp`; may be set. Past it the version unwraps, and no longer wraps. */
  expiresOn: Date | undefined;
  /** `nbf`; may be set. Before it the version unwraps, and does not wrap yet. */
  notBefore: Date | undefined;

  readonly #material: AzureKeyMaterial;

  /** Made by the double's `createKey` and the key's `rotate`. */
  constructor(keyUrl: string, material: AzureKeyMaterial) {
    this.kid = `${keyUrl}/${this.version}`;
    this.#material = material;
  }

  /** The keys; the private ones never leave the process. */
  get material(): AzureKeyMaterial {
    return this.#material;
  }
}
