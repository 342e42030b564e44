import type { AwsKmsKeyState } from './aws-kms-key-state';
import type { KeyMaterials } from './key-materials';

/** What {@link AwsKmsDoubleKey} is made of. */
interface Parts {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
  readonly keyId: string;
  readonly multiRegion: boolean;
  readonly usage: 'ENCRYPT_DECRYPT' | 'GENERATE_VERIFY_MAC';
  readonly materials: KeyMaterials;
}

/** One key of the double, in one region. The replicas of a multi-region key are keys of their own that share material. */
export class AwsKmsDoubleKey {
  /** `us-east-1` and the like. */
  readonly region: string;
  /** The last part of the ARN: a UUID, or `mrk-` and 32 hexadecimal digits. */
  readonly keyId: string;
  readonly arn: string;
  readonly multiRegion: boolean;
  /** `GENERATE_VERIFY_MAC` cannot encrypt: the service answers `InvalidKeyUsageException`. */
  readonly usage: 'ENCRYPT_DECRYPT' | 'GENERATE_VERIFY_MAC';
  /** When the key was made. */
  readonly createdAt = new Date();
  /** May be set, to bring the key into a state that no method here leads to. */
  state: AwsKmsKeyState = 'Enabled';

  readonly #materials: KeyMaterials;

  /** Made by the double's `createKey` and `replicateKey`. */
  constructor(parts: Parts) {
    this.region = parts.region;
    this.keyId = parts.keyId;
    this.multiRegion = parts.multiRegion;
    this.usage = parts.usage;
    this.arn = `arn:${parts.partition}:kms:${parts.region}:${parts.account}:key/${parts.keyId}`;
    this.#materials = parts.materials;
  }

  /** All generations of material; for a multi-region key those of every replica. */
  get materials(): KeyMaterials {
    return this.#materials;
  }

  /** `KeyMaterialId` of the generation that encrypts. */
  get currentKeyMaterialId(): string {
    return this.#materials.current.id;
  }

  /** What a ciphertext says of its key: a multi-region key is the same in each region. */
  get identity(): string {
    return this.multiRegion ? this.arn.replace(`:${this.region}:`, ':*:') : this.arn;
  }

  /** As `DisableKey`. */
  disable(): void {
    this.state = 'Disabled';
  }

  /** As `EnableKey`. */
  enable(): void {
    this.state = 'Enabled';
  }

  /** As `ScheduleKeyDeletion`: the key waits and works no more. */
  scheduleDeletion(): void {
    this.state = 'PendingDeletion';
  }

  /** As `CancelKeyDeletion`: the key is disabled afterwards. */
  cancelDeletion(): void {
    this.state = 'Disabled';
  }

  /**
   * As `RotateKeyOnDemand`, at once: new material encrypts, older material still decrypts.
   *
   * @returns the new `KeyMaterialId`
   */
  rotate(): string {
    return this.#materials.rotate().id;
  }
}
