import { AzureKeyVaultKeyVersion, type AzureKeyMaterial } from './azure-key-vault-key-version';

/** What {@link AzureKeyVaultDoubleKey} is made of. */
interface Parts {
  readonly name: string;
  readonly url: string;
  readonly keyType: AzureKeyVaultDoubleKey['keyType'];
  readonly keyOperations: readonly string[];
  readonly newMaterial: () => Promise<AzureKeyMaterial>;
}

/** One key of the double, with all its versions. */
export class AzureKeyVaultDoubleKey {
  readonly name: string;
  /** The key identifier without a version. */
  readonly url: string;
  /** `kty`. */
  readonly keyType: 'RSA' | 'RSA-HSM' | 'oct-HSM';
  /** `key_ops`; may be set. */
  keyOperations: readonly string[];
  /** ISO 8601 duration after which the rotation policy rotates; may be set. `undefined` for a policy without rotation. */
  rotateAfter: string | undefined;
  /** Whether it is soft-deleted. */
  isDeleted = false;

  readonly #versions: AzureKeyVaultKeyVersion[] = [];
  readonly #newMaterial: Parts['newMaterial'];

  /** Made by the double's `createKey`. */
  constructor(parts: Parts) {
    this.name = parts.name;
    this.url = parts.url;
    this.keyType = parts.keyType;
    this.keyOperations = parts.keyOperations;
    this.#newMaterial = parts.newMaterial;
  }

  /** All versions, oldest first. */
  get versions(): readonly AzureKeyVaultKeyVersion[] {
    return this.#versions;
  }

  /** The version that a request without one means: the newest. */
  get current(): AzureKeyVaultKeyVersion {
    const newest = this.#versions.at(-1);
    if (newest === undefined) throw new Error('The key has no version yet.');
    return newest;
  }

  /** Makes a new version, as `Rotate Key`: it is the current one from now on, and the older ones still unwrap. */
  async rotate(): Promise<AzureKeyVaultKeyVersion> {
    const version = new AzureKeyVaultKeyVersion(this.url, await this.#newMaterial());
    this.#versions.push(version);
    return version;
  }

  /** Disables every version. */
  disable(): void {
    for (const version of this.#versions) version.enabled = false;
  }

  /** Enables every version. */
  enable(): void {
    for (const version of this.#versions) version.enabled = true;
  }

  /** As `Delete Key` with soft delete: the key is not found, until {@link AzureKeyVaultDoubleKey.recover}. */
  delete(): void {
    this.isDeleted = true;
  }

  /** As `Recover Deleted Key`. */
  recover(): void {
    this.isDeleted = false;
  }
}
