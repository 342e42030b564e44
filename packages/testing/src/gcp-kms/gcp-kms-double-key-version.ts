import { randomBytes } from 'node:crypto';

import type { GcpKmsKeyVersionState } from './gcp-kms-key-version-state';

/** One version of a key of the double. */
export class GcpKmsDoubleKeyVersion {
  /** `projects/…/cryptoKeyVersions/<number>`. */
  readonly name: string;
  /** 1 for the first. */
  readonly number: number;
  /** When the version was made. */
  readonly createdAt = new Date();
  /** May be set, to bring the version into a state that no method here leads to. */
  state: GcpKmsKeyVersionState = 'ENABLED';

  readonly #material = randomBytes(32);

  /** Made by `createKey` of the double and `rotate` of a key. */
  constructor(keyName: string, number: number) {
    this.name = `${keyName}/cryptoKeyVersions/${String(number)}`;
    this.number = number;
  }

  /** 32 bytes of an AES-256 key. */
  get material(): Uint8Array {
    return this.#material;
  }

  /** As `UpdateCryptoKeyVersion` with the state `DISABLED`. */
  disable(): void {
    this.state = 'DISABLED';
  }

  /** As `UpdateCryptoKeyVersion` with the state `ENABLED`. */
  enable(): void {
    this.state = 'ENABLED';
  }

  /** As `DestroyCryptoKeyVersion`: the version waits to be destroyed and works no more. */
  scheduleDestruction(): void {
    this.state = 'DESTROY_SCHEDULED';
  }

  /** As `RestoreCryptoKeyVersion`: the version is disabled afterwards. */
  restore(): void {
    this.state = 'DISABLED';
  }

  /** As the end of the waiting period does. */
  destroy(): void {
    this.state = 'DESTROYED';
  }
}
