import { GcpKmsDoubleKeyVersion } from './gcp-kms-double-key-version';
import type { GcpKmsPurpose } from './gcp-kms-purpose';

/** What {@link GcpKmsDoubleKey} is made of. */
interface Parts {
  readonly name: string;
  readonly purpose: GcpKmsPurpose;
  readonly protectionLevel: 'SOFTWARE' | 'HSM';
  readonly rotationPeriodSeconds: number | undefined;
}

/** One key of the double, with its versions. */
export class GcpKmsDoubleKey {
  /** `projects/…/locations/…/keyRings/…/cryptoKeys/…`. */
  readonly name: string;
  /** Any other than `ENCRYPT_DECRYPT` cannot encrypt: `FAILED_PRECONDITION`. */
  readonly purpose: GcpKmsPurpose;
  /** `HSM` takes less at once. */
  readonly protectionLevel: 'SOFTWARE' | 'HSM';
  /** What `GetCryptoKey` tells; the double does not rotate by itself. */
  readonly rotationPeriodSeconds: number | undefined;
  /** When the key was made. */
  readonly createdAt = new Date();

  readonly #versions: GcpKmsDoubleKeyVersion[] = [];
  #primary: GcpKmsDoubleKeyVersion;

  /** Made by the double's `createKey`. */
  constructor(parts: Parts) {
    this.name = parts.name;
    this.purpose = parts.purpose;
    this.protectionLevel = parts.protectionLevel;
    this.rotationPeriodSeconds = parts.rotationPeriodSeconds;
    this.#primary = this.createVersion();
  }

  /** All versions, oldest first. */
  get versions(): readonly GcpKmsDoubleKeyVersion[] {
    return this.#versions;
  }

  /** The version that encrypts where a request names the key. */
  get primary(): GcpKmsDoubleKeyVersion {
    return this.#primary;
  }

  /** As `UpdateCryptoKeyPrimaryVersion`, at once. */
  set primary(version: GcpKmsDoubleKeyVersion) {
    if (!this.#versions.includes(version)) throw new Error('The version is not of this key.');
    this.#primary = version;
  }

  /** As `CreateCryptoKeyVersion`: the primary version stays. */
  createVersion(): GcpKmsDoubleKeyVersion {
    const version = new GcpKmsDoubleKeyVersion(this.name, this.#versions.length + 1);
    this.#versions.push(version);
    return version;
  }

  /** As a rotation, at once: a new version becomes primary, the older ones still decrypt. */
  rotate(): GcpKmsDoubleKeyVersion {
    this.#primary = this.createVersion();
    return this.#primary;
  }

  /** Disables every version. */
  disable(): void {
    for (const version of this.#versions) version.disable();
  }

  /** Enables every version. */
  enable(): void {
    for (const version of this.#versions) version.enable();
  }

  /** Schedules the destruction of every version. */
  scheduleDestruction(): void {
    for (const version of this.#versions) version.scheduleDestruction();
  }
}
