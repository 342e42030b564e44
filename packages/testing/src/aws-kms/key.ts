import { createHmac, randomBytes } from 'node:crypto';
import { KmsFault } from './fault';

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

/**
 * One key of the double, in one region. The replicas of a multi-region key are keys of their own that share
 * material.
 */
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
  /** Days between automatic rotations, which are told and not made; may be set. `undefined`: off. */
  rotationPeriodDays: number | undefined;
  /** When the service began to record uses of the key; may be set. By default when it was made. */
  usageRecordedSince = this.createdAt;
  /** What `GetKeyLastUsage` tells; `undefined` before the first use. */
  lastUse: { readonly operation: 'Encrypt' | 'Decrypt'; readonly at: Date } | undefined;
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

/**
 * State of a key. What each state allows follows "Key states of AWS KMS keys" of the AWS KMS Developer Guide:
 * encrypting and decrypting needs `Enabled`; describing works in every state.
 */
export type AwsKmsKeyState =
  'Enabled' | 'Disabled' | 'PendingDeletion' | 'PendingImport' | 'Creating' | 'Unavailable';

/** One generation of key material. */
export interface KeyMaterial {
  /** `KeyMaterialId` of the service: 64 hexadecimal digits. */
  readonly id: string;
  /** 32 bytes of an AES-256 key. */
  readonly bytes: Uint8Array;
  /** When it was made, or rotated to. */
  readonly createdAt: Date;
}

/** All generations of a key's material. The replicas of a multi-region key share one. */
export class KeyMaterials {
  readonly #generations = new Map<string, KeyMaterial>();
  #current: KeyMaterial;

  constructor() {
    this.#current = this.rotate();
  }

  /** Oldest first. */
  get all(): readonly KeyMaterial[] {
    return [...this.#generations.values()];
  }

  /** The generation that encrypts. */
  get current(): KeyMaterial {
    return this.#current;
  }

  /** Makes a new generation that encrypts from now on; the older ones still decrypt. */
  rotate(): KeyMaterial {
    const bytes = randomBytes(32);
    const id = createHmac('sha256', bytes).update('key material ID').digest('hex');
    this.#current = { id, bytes, createdAt: new Date() };
    this.#generations.set(id, this.#current);
    return this.#current;
  }

  /** The generation of that ID. */
  find(id: string): KeyMaterial | undefined {
    return this.#generations.get(id);
  }
}

/** Where a `KeyId` is looked up. */
export interface KeyDirectory {
  readonly region: string;
  readonly account: string;
  readonly partition: string;
  readonly keys: readonly AwsKmsDoubleKey[];
  /** Alias ARN to key ARN. */
  readonly aliases: ReadonlyMap<string, string>;
}

/**
 * The key that a request names by key ID, key ARN, alias name or alias ARN, in the region that the request is
 * for.
 *
 * @throws KmsFault `NotFoundException`, `InvalidArnException`
 */
export function findKey(keyId: string, directory: KeyDirectory): AwsKmsDoubleKey {
  const prefix = `arn:${directory.partition}:kms:${directory.region}:${directory.account}:`;
  if (keyId.startsWith('arn:')) {
    const [, , service, region, account, resource] = keyId.split(':');
    if (service !== 'kms' || account === undefined || resource === undefined) {
      throw new KmsFault('InvalidArnException', `Invalid arn ${keyId}`);
    }
    if (region !== directory.region) throw new KmsFault('NotFoundException', `Invalid arn ${String(region)}`);
  }
  const arn = keyId.startsWith('arn:')
    ? keyId
    : keyId.startsWith('alias/')
      ? prefix + keyId
      : `${prefix}key/${keyId}`;
  const isAlias = arn.includes(':alias/');
  const keyArn = isAlias ? directory.aliases.get(arn) : arn;
  const key = directory.keys.find((candidate) => candidate.arn === keyArn);
  if (key === undefined) {
    throw new KmsFault('NotFoundException', `${isAlias ? 'Alias' : 'Key'} '${arn}' does not exist`);
  }
  return key;
}

/** @throws KmsFault unless the key may encrypt and decrypt in its state and by its usage */
export function assertKeyUsable(key: AwsKmsDoubleKey, algorithm: string): void {
  if (key.state === 'Disabled') throw new KmsFault('DisabledException', `${key.arn} is disabled.`);
  if (key.state !== 'Enabled') {
    throw new KmsFault('KMSInvalidStateException', `${key.arn} is in state ${key.state}.`);
  }
  if (key.usage !== 'ENCRYPT_DECRYPT' || algorithm !== 'SYMMETRIC_DEFAULT') {
    throw new KmsFault('InvalidKeyUsageException', `${key.arn} does not support ${algorithm}.`);
  }
}
