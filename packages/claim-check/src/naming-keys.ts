import { createHash, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type { Payload, SerializationContext } from '@temporalio/common';
import type { EnvelopeCodec } from '@waxseal/core';
import {
  endOnAbort,
  isEnvelopePayload,
  originOf,
  parsePayload,
  serializePayload,
} from '@waxseal/core/internal';
import type { Store, StoreRequestOptions } from '@waxseal/store';
import { LRUCache } from 'lru-cache';
import { scopeOf } from './token';
import { TokenError } from './token-error';

/** What payloads of a namespace are named by. */
export interface NamingKey {
  readonly key: KeyObject;
  /** Tells records of the namespace from others. */
  readonly scope: Uint8Array;
}

const KEY_BYTES = 32;
const ENCODING = Buffer.from('binary/token-naming-key', 'ascii');

/** Namespaces whose naming keys are kept in memory at most. */
const MAX_NAMESPACES = 10_000;

/**
 * The keys that tokens are named by, one for each namespace: made once, kept in the store sealed as a payload
 * of that namespace is, and the same for all processes (docs/spec/token.md §3).
 */
export class NamingKeys {
  readonly #store: Store;
  readonly #codec: EnvelopeCodec;
  readonly #known: LRUCache<string, Promise<NamingKey>>;

  constructor(store: Store, codec: EnvelopeCodec) {
    this.#store = store;
    this.#codec = codec;
    this.#known = new LRUCache({ max: MAX_NAMESPACES });
  }

  /**
   * @param namespace empty where Temporal tells none
   * @param signal ends the wait of this caller, and of no other
   * @throws StoreError, KeyServiceError and others, as store and codec do
   */
  async of(namespace: string, { signal }: StoreRequestOptions = {}): Promise<NamingKey> {
    let known = this.#known.get(namespace);
    if (known === undefined) {
      known = this.#load(namespace);
      this.#known.set(namespace, known);
      known.catch(() => {
        this.#known.delete(namespace);
      });
    }
    return signal === undefined ? known : endOnAbort(known, signal);
  }

  async #load(namespace: string): Promise<NamingKey> {
    const name = recordName(namespace);
    const context: SerializationContext | undefined =
      namespace === '' ? undefined : { type: 'workflow', namespace, workflowId: '' };
    const caller = originOf(context);
    const found =
      (await this.#store.keys.get('token-naming', name, { caller })) ??
      (await this.#store.keys.create('token-naming', name, await this.#make(name, context), { caller }));
    return this.#open(name, found.bytes, context);
  }

  async #make(name: string, context: SerializationContext | undefined): Promise<Uint8Array> {
    const bytes = randomBytes(KEY_BYTES);
    const content: Payload = {
      metadata: { encoding: new Uint8Array(ENCODING), name: Buffer.from(name, 'ascii') },
      data: bytes,
    };
    try {
      const [sealed] = await this.#codec.sealForStore([content], context);
      return Buffer.concat(serializePayload(sealed ?? {}));
    } finally {
      bytes.fill(0);
    }
  }

  async #open(
    name: string,
    record: Uint8Array | undefined,
    context: SerializationContext | undefined,
  ): Promise<NamingKey> {
    const envelope = record === undefined ? {} : parsePayload(record);
    if (!isEnvelopePayload(envelope)) throw damaged();
    const [content] = await this.#codec.decode([envelope], context);
    const { metadata, data } = content ?? {};
    const isOurs =
      metadata?.['encoding'] != null &&
      ENCODING.equals(metadata['encoding']) &&
      metadata['name'] != null &&
      Buffer.from(name, 'ascii').equals(metadata['name']);
    if (!isOurs || data?.length !== KEY_BYTES) throw damaged();
    const key = createSecretKey(data);
    data.fill(0);
    return { key, scope: scopeOf(key) };
  }
}

/** The name of a namespace's key in the store, which does not tell the namespace to who cannot guess it. */
export function recordName(namespace: string): string {
  return createHash('sha256')
    .update('waxseal/v1/token-naming\0', 'ascii')
    .update(namespace, 'utf8')
    .digest('hex');
}

function damaged(): TokenError {
  return new TokenError('damaged', undefined);
}
