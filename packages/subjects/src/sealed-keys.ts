import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type { Payload } from '@temporalio/common';
import type { EnvelopeCodec } from '@waxseal/core';
import { DecryptionError, isEnvelopePayload, parsePayload, serializePayload } from '@waxseal/core/internal';
import type { KeyRecord, Store } from '@waxseal/store';
import { SUBJECT_KIND } from './subject';
import { SUBJECT_KEY_BYTES } from './wrapping';

/** What a key is for: it stands in what is sealed. */
export type SealedKeyUse = 'binary/subject-key' | 'binary/subject-naming-key';

/**
 * Keys in a store, each sealed by an envelope of the application's keyring. What is sealed says what the key
 * is for and under which name it stands, so that no record passes for another (docs/spec/subject-key.md §2).
 */
export class SealedKeys {
  readonly #store: Store;
  readonly #codec: EnvelopeCodec;

  constructor(store: Store, codec: EnvelopeCodec) {
    this.#store = store;
    this.#codec = codec;
  }

  /** @returns `undefined` where there never was one of that name */
  find(name: string): Promise<KeyRecord | undefined> {
    return this.#store.keys.get(SUBJECT_KIND, name);
  }

  /** The record of a name, which is made where there never was one: of callers at once, all get the same. */
  async findOrCreate(name: string, use: SealedKeyUse): Promise<KeyRecord> {
    const found = await this.find(name);
    return found ?? this.#store.keys.create(SUBJECT_KIND, name, await this.#make(name, use));
  }

  /** Removes a key for good. @returns the record as it is then; `undefined` where there never was one */
  remove(name: string): Promise<KeyRecord | undefined> {
    return this.#store.keys.remove(SUBJECT_KIND, name);
  }

  async #make(name: string, use: SealedKeyUse): Promise<Uint8Array> {
    // randomBytes gives a slice of no pool: zeroing it zeroes the only copy.
    const bytes = randomBytes(SUBJECT_KEY_BYTES);
    try {
      return await this.#seal(name, use, bytes);
    } finally {
      bytes.fill(0);
    }
  }

  async #seal(name: string, use: SealedKeyUse, data: Uint8Array): Promise<Uint8Array> {
    const content: Payload = { metadata: { encoding: ascii(use), name: ascii(name) }, data };
    const [sealed = {}] = await this.#codec.sealForStore([content]);
    return Buffer.concat(serializePayload(sealed));
  }

  /**
   * Opens a record.
   *
   * @throws DecryptionError when it is not what was kept under that name for that use
   * @throws KeyServiceError as `EnvelopeCodec.decode` does
   */
  async open(name: string, use: SealedKeyUse, record: Uint8Array): Promise<KeyObject> {
    const data = await this.#openBytes(name, use, record);
    try {
      return createSecretKey(data);
    } finally {
      data.fill(0);
    }
  }

  async #openBytes(name: string, use: SealedKeyUse, record: Uint8Array): Promise<Uint8Array> {
    const envelope = parsePayload(record);
    if (!isEnvelopePayload(envelope)) throw new DecryptionError();
    const [content] = await this.#codec.decode([envelope]);
    const { metadata, data } = content ?? {};
    const isOurs = isText(metadata?.['encoding'], use) && isText(metadata?.['name'], name);
    if (!isOurs || data?.length !== SUBJECT_KEY_BYTES) throw new DecryptionError();
    return data;
  }

  /**
   * Seals a key anew under the keys of today.
   *
   * @returns whether it was: not where somebody has replaced or removed it meanwhile
   */
  async reseal(name: string, use: SealedKeyUse, record: Uint8Array): Promise<boolean> {
    const data = await this.#openBytes(name, use, record);
    try {
      return await this.#store.keys.replace(SUBJECT_KIND, name, record, await this.#seal(name, use, data));
    } finally {
      data.fill(0);
    }
  }
}

function ascii(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'ascii'));
}

function isText(bytes: Uint8Array | null | undefined, text: string): boolean {
  return bytes != null && Buffer.from(text, 'ascii').equals(bytes);
}
