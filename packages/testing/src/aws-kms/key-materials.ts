import { createHmac, randomBytes } from 'node:crypto';

/** One generation of key material. */
export interface KeyMaterial {
  /** `KeyMaterialId` of the service: 64 hexadecimal digits. */
  readonly id: string;
  /** 32 bytes of an AES-256 key. */
  readonly bytes: Uint8Array;
}

/** All generations of a key's material. The replicas of a multi-region key share one. */
export class KeyMaterials {
  readonly #generations = new Map<string, KeyMaterial>();
  #current: KeyMaterial;

  constructor() {
    this.#current = this.rotate();
  }

  /** The generation that encrypts. */
  get current(): KeyMaterial {
    return this.#current;
  }

  /** Makes a new generation that encrypts from now on; the older ones still decrypt. */
  rotate(): KeyMaterial {
    const bytes = randomBytes(32);
    const id = createHmac('sha256', bytes).update('key material ID').digest('hex');
    this.#current = { id, bytes };
    this.#generations.set(id, this.#current);
    return this.#current;
  }

  /** The generation of that ID. */
  find(id: string): KeyMaterial | undefined {
    return this.#generations.get(id);
  }
}
