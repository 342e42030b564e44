import { randomBytes } from 'node:crypto';

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

/**
 * State of a key version, by the names of `CryptoKeyVersion.CryptoKeyVersionState`. Encrypting and decrypting
 * needs `ENABLED`; getting works in every state.
 */
export type GcpKmsKeyVersionState =
  | 'PENDING_GENERATION'
  | 'ENABLED'
  | 'DISABLED'
  | 'DESTROY_SCHEDULED'
  | 'DESTROYED'
  | 'PENDING_IMPORT'
  | 'IMPORT_FAILED'
  | 'GENERATION_FAILED';

/** What a key is for, by the names of `CryptoKey.CryptoKeyPurpose`. Only `ENCRYPT_DECRYPT` encrypts here. */
export type GcpKmsPurpose =
  'ENCRYPT_DECRYPT' | 'RAW_ENCRYPT_DECRYPT' | 'ASYMMETRIC_DECRYPT' | 'ASYMMETRIC_SIGN' | 'MAC';

const ALGORITHMS: Readonly<Record<GcpKmsPurpose, string>> = {
  ENCRYPT_DECRYPT: 'GOOGLE_SYMMETRIC_ENCRYPTION',
  RAW_ENCRYPT_DECRYPT: 'AES_256_GCM',
  ASYMMETRIC_DECRYPT: 'RSA_DECRYPT_OAEP_2048_SHA256',
  ASYMMETRIC_SIGN: 'EC_SIGN_P256_SHA256',
  MAC: 'HMAC_SHA256',
};
const THIRTY_DAYS_S = 30 * 24 * 3600;

/** `google.cloud.kms.v1.CryptoKey`: only keys for encryption have a primary version. */
export function cryptoKeyMessage(key: GcpKmsDoubleKey): unknown {
  const { rotationPeriodSeconds: period } = key;
  return {
    name: key.name,
    ...(key.purpose === 'ENCRYPT_DECRYPT' ? { primary: cryptoKeyVersionMessage(key, key.primary) } : {}),
    purpose: key.purpose,
    createTime: timestamp(key.createdAt),
    ...(period === undefined
      ? {}
      : {
          rotationPeriod: { seconds: String(period) },
          nextRotationTime: timestamp(new Date(key.primary.createdAt.getTime() + period * 1000)),
        }),
    versionTemplate: { protectionLevel: key.protectionLevel, algorithm: ALGORITHMS[key.purpose] },
    destroyScheduledDuration: { seconds: String(THIRTY_DAYS_S) },
  };
}

/** `google.cloud.kms.v1.CryptoKeyVersion`. */
export function cryptoKeyVersionMessage(key: GcpKmsDoubleKey, version: GcpKmsDoubleKeyVersion): unknown {
  return {
    name: version.name,
    state: version.state,
    protectionLevel: key.protectionLevel,
    algorithm: ALGORITHMS[key.purpose],
    createTime: timestamp(version.createdAt),
    generateTime: timestamp(version.createdAt),
    ...(version.state === 'DESTROY_SCHEDULED'
      ? { destroyTime: timestamp(new Date(Date.now() + THIRTY_DAYS_S * 1000)) }
      : {}),
  };
}

function timestamp(date: Date): unknown {
  const ms = date.getTime();
  return { seconds: String(Math.floor(ms / 1000)), nanos: (ms % 1000) * 1_000_000 };
}
