import {
  randomBytes,
  type KeyObject,
  generateKeyPair,
  constants,
  createCipheriv,
  createDecipheriv,
  privateDecrypt,
  publicEncrypt,
} from 'node:crypto';
import { promisify } from 'node:util';

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
  /**
   * ISO 8601 duration after which the rotation policy rotates; may be set. `undefined` for a policy without
   * rotation.
   */
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

  /**
   * Makes a new version, as `Rotate Key`: it is the current one from now on, and the older ones still unwrap.
   */
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

/** One RSA key. */
export interface RsaKeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const generate = promisify(generateKeyPair);
const made = new Map<number, Promise<RsaKeyPair>[]>();

/**
 * The `index`-th RSA key pair of a size in this process. Making one takes a good part of a second, so the
 * doubles of one process share them; within one double each version of each key has its own.
 *
 * @param bits of the modulus
 */
export function rsaKeyPair(bits: number, index: number): Promise<RsaKeyPair> {
  const ofSize = made.get(bits) ?? [];
  made.set(bits, ofSize);
  return (ofSize[index] ??= generate('rsa', { modulusLength: bits }));
}

/** Wraps and unwraps with one algorithm. Both throw on what the key or the algorithm does not take. */
interface WrapAlgorithm {
  wrap(material: AzureKeyMaterial, value: Uint8Array): Uint8Array;
  unwrap(material: AzureKeyMaterial, value: Uint8Array): Uint8Array;
}

/** RFC 3394 §2.2.3.1. */
const KEY_WRAP_IV = Buffer.alloc(8, 0xa6);

/** The algorithms of `wrapkey` and `unwrapkey`, by their names in the service's API. */
export const WRAP_ALGORITHMS: ReadonlyMap<string, WrapAlgorithm> = new Map([
  ['RSA-OAEP-256', rsaOaep('sha256')],
  ['RSA-OAEP', rsaOaep('sha1')],
  ['RSA1_5', { wrap: wrapPkcs1, unwrap: unwrapPkcs1 }],
  ['A128KW', aesKeyWrap(16)],
  ['A192KW', aesKeyWrap(24)],
  ['A256KW', aesKeyWrap(32)],
]);

function rsaOaep(oaepHash: string): WrapAlgorithm {
  const padding = constants.RSA_PKCS1_OAEP_PADDING;
  return {
    wrap: (material, value) => publicEncrypt({ key: rsa(material, 'publicKey'), oaepHash, padding }, value),
    unwrap: (material, value) =>
      privateDecrypt({ key: rsa(material, 'privateKey'), oaepHash, padding }, value),
  };
}

function wrapPkcs1(material: AzureKeyMaterial, value: Uint8Array): Uint8Array {
  return publicEncrypt({ key: rsa(material, 'publicKey'), padding: constants.RSA_PKCS1_PADDING }, value);
}

/** Node refuses PKCS #1 v1.5 decryption; RFC 8017 §7.2.2, for a double where no timing is of interest. */
function unwrapPkcs1(material: AzureKeyMaterial, value: Uint8Array): Uint8Array {
  const block = privateDecrypt(
    { key: rsa(material, 'privateKey'), padding: constants.RSA_NO_PADDING },
    value,
  );
  const end = block.indexOf(0, 2);
  if (block[0] !== 0 || block[1] !== 2 || end < 10) throw new Error('The padding is wrong.');
  return block.subarray(end + 1);
}

function aesKeyWrap(keyBytes: number): WrapAlgorithm {
  const name = `id-aes${String(keyBytes * 8)}-wrap`;
  return {
    wrap: (material, value) => {
      const cipher = createCipheriv(name, aes(material, keyBytes), KEY_WRAP_IV);
      return Buffer.concat([cipher.update(value), cipher.final()]);
    },
    unwrap: (material, value) => {
      const decipher = createDecipheriv(name, aes(material, keyBytes), KEY_WRAP_IV);
      return Buffer.concat([decipher.update(value), decipher.final()]);
    },
  };
}

function rsa(material: AzureKeyMaterial, part: 'publicKey' | 'privateKey'): KeyObject {
  if ('secret' in material) throw new Error('The key is no RSA key.');
  return material[part];
}

function aes(material: AzureKeyMaterial, keyBytes: number): KeyObject {
  if (!('secret' in material) || material.secret.symmetricKeySize !== keyBytes) {
    throw new Error('The key is no AES key of that size.');
  }
  return material.secret;
}

const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);

/** A key bundle, as `Get Key` answers it: public members only. */
export function keyBundle(
  key: AzureKeyVaultDoubleKey,
  version: AzureKeyVaultKeyVersion,
): Record<string, unknown> {
  const { material, createdAt, expiresOn, notBefore } = version;
  const publicMembers = 'secret' in material ? {} : material.publicKey.export({ format: 'jwk' });
  return {
    key: { ...publicMembers, kid: version.kid, kty: key.keyType, key_ops: [...key.keyOperations] },
    attributes: {
      enabled: version.enabled,
      created: seconds(createdAt),
      updated: seconds(createdAt),
      ...(expiresOn === undefined ? {} : { exp: seconds(expiresOn) }),
      ...(notBefore === undefined ? {} : { nbf: seconds(notBefore) }),
      recoveryLevel: 'Recoverable+Purgeable',
      recoverableDays: 90,
    },
    tags: {},
  };
}
