import { type KeyObject, createSecretKey, randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { ByteReader } from '../base/bytes';
import { DecryptionError, UnknownKeyError } from '../base/errors';
import { open, seal } from '../envelope/cipher';
import {
  aadTemplate,
  type Envelope,
  type EnvelopeAad,
  parseEnvelope,
  parseWrappedKeys,
  serializeWrappedKeys,
} from '../envelope/envelope';
import { DATA_KEY_BYTES, type KeyId, MAX_KEY_ID_BYTES, type WrappedKey } from '../key/key-encryption-key';
import type { GuardedKey, GuardedRequestOptions } from '../keyring/guarded-key';
import type { Keyring } from '../keyring/keyring';
import type { RequestOrigin } from '../keyring/request-queue';
import type { DataKeyVault } from './data-key-options';
import type { Candidate } from './decoding-keys';
import { firstToSucceed } from './failover';

/** How much may be encrypted under a data key. */
export type DataKeyRoom = Readonly<Record<'messages' | 'bytes', number>>;

/** Share of a limit at which the replacement is wrapped. */
export const REFRESH_AT = 0.75;

/** A data key that encrypts, with what has been encrypted under it so far. */
export class DataKey {
  readonly #secret: KeyObject;
  readonly #sharedAs: Uint8Array | undefined;
  #messages = 0;
  #bytes = 0;
  #most: DataKeyRoom;
  #refreshAt: DataKeyRoom;
  #createdAtMs: number;

  readonly wrappedKeys: readonly [WrappedKey, ...WrappedKey[]];
  /** UTF-8 of the primary key ID. */
  readonly keyIdBytes: Uint8Array;
  /** {@link wrappedKeys} as they stand in a header. */
  readonly #serializedWrappedKeys: Uint8Array;
  #aad: (EnvelopeAad & { readonly context: Uint8Array }) | undefined;

  /**
   * @param room how much this process may encrypt under it
   * @param sharedAs what other processes know it by, where they have a part of it too
   */
  constructor(
    secret: KeyObject,
    wrappedKeys: readonly [WrappedKey, ...WrappedKey[]],
    createdAtMs: number,
    room: DataKeyRoom,
    sharedAs?: Uint8Array,
  ) {
    this.#secret = secret;
    this.wrappedKeys = wrappedKeys;
    // Buffers of their own: Node's shared pool may hold plaintext, which an inspector would show beside them.
    this.keyIdBytes = new TextEncoder().encode(wrappedKeys[0].keyId);
    this.#serializedWrappedKeys = new Uint8Array(serializeWrappedKeys(wrappedKeys));
    this.#createdAtMs = createdAtMs;
    this.#sharedAs = sharedAs;
    this.#most = room;
    this.#refreshAt = { messages: room.messages * REFRESH_AT, bytes: room.bytes * REFRESH_AT };
  }

  /** The key itself: 32 bytes that never leave the process. */
  get secret(): KeyObject {
    return this.#secret;
  }

  /** The primary key ID. */
  get keyId(): KeyId {
    return this.wrappedKeys[0].keyId;
  }

  /** When it was made at the latest, by the codec's clock. */
  get createdAtMs(): number {
    return this.#createdAtMs;
  }

  /** Payloads encrypted so far, by this process. */
  get messages(): number {
    return this.#messages;
  }

  /** Bytes of plaintext encrypted so far, by this process. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What other processes know it by; `undefined` where none encrypts under it. */
  get sharedAs(): Uint8Array | undefined {
    return this.#sharedAs;
  }

  /** Whether other processes encrypt under it too. */
  get isShared(): boolean {
    return this.#sharedAs !== undefined;
  }

  /** Whether there is room for a payload. One that is larger than all may be alone under a key of its own. */
  hasRoomFor(bytes: number): boolean {
    if (this.#messages >= this.#most.messages) return false;
    return this.#bytes + bytes <= this.#most.bytes || (this.#messages === 0 && !this.isShared);
  }

  /** Whether it is time to ask for more, or for another one. */
  get isNearlyUsedUp(): boolean {
    return this.#messages >= this.#refreshAt.messages || this.#bytes >= this.#refreshAt.bytes;
  }

  /**
   * The AAD of envelopes under this key, for `seal`; the same one for the same context.
   *
   * @param context serialized, never written to
   */
  aadFor(context: Uint8Array): EnvelopeAad {
    if (this.#aad?.context !== context) {
      this.#aad = { ...aadTemplate(this.keyIdBytes, context, this.#serializedWrappedKeys), context };
    }
    return this.#aad;
  }

  /** Counts one payload of `bytes` bytes of plaintext. */
  count(bytes: number): void {
    this.#messages += 1;
    this.#bytes += bytes;
  }

  /** Takes a further part of a shared key, which may have turned out to be older. */
  extend({ messages, bytes }: DataKeyRoom, createdAtMs: number): void {
    this.#createdAtMs = Math.min(this.#createdAtMs, createdAtMs);
    if (messages === 0 && bytes === 0) return;
    this.#most = { messages: this.#most.messages + messages, bytes: this.#most.bytes + bytes };
    this.#refreshAt = {
      messages: this.#most.messages - messages * (1 - REFRESH_AT),
      bytes: this.#most.bytes - bytes * (1 - REFRESH_AT),
    };
  }

  /** Key ID and counts only. */
  toJSON(): { readonly keyId: KeyId; readonly messages: number; readonly bytes: number } {
    return { keyId: this.keyId, messages: this.messages, bytes: this.bytes };
  }

  [inspect.custom](): string {
    return `DataKey ${inspect(this.toJSON())}`;
  }
}

/** 32 random bytes, and what key services made of them. */
export interface WrappedSecret {
  readonly secret: KeyObject;
  readonly wrappedKeys: [WrappedKey, ...WrappedKey[]];
}

/**
 * Makes 32 random bytes and has them wrapped. The raw bytes are zeroed before this settles; the key lives on
 * in a `KeyObject`.
 *
 * @throws KeyServiceError and ConfigurationError, as `Keyring.wrap` does
 */
export async function createWrappedSecret(
  keyring: Keyring,
  options: GuardedRequestOptions,
): Promise<WrappedSecret> {
  // randomBytes gives a slice of no pool: zeroing it zeroes the only copy.
  const bytes = randomBytes(DATA_KEY_BYTES);
  try {
    const secret = createSecretKey(bytes);
    return { secret, wrappedKeys: await keyring.wrap(bytes, options) };
  } finally {
    bytes.fill(0);
  }
}

/** What an announcement seals: no payload, and nothing that passes for one. */
const CONTENT = Buffer.from('waxseal/v1/shared-data-key', 'ascii');
/**
 * What makes a data key known to processes that can unwrap it: the ID of its primary key, and an envelope,
 * which is committed to it.
 */
export function announce({ secret, wrappedKeys }: WrappedSecret): Uint8Array {
  const keyId = Buffer.from(wrappedKeys[0].keyId, 'utf8');
  const aad = aadTemplate(keyId, new Uint8Array(), serializeWrappedKeys(wrappedKeys));
  const envelope = seal(secret, aad, [CONTENT]);
  return withKeyId(wrappedKeys, envelope);
}

function withKeyId([{ keyId }]: [WrappedKey, ...WrappedKey[]], rest: Uint8Array): Uint8Array {
  const id = Buffer.from(keyId, 'utf8');
  return new Uint8Array(Buffer.concat([Uint8Array.of(id.length >> 8, id.length), id, rest]));
}

/** An announced data key, before it is unwrapped. */
interface AnnouncedDataKey {
  readonly envelope: Envelope;
  /** @returns the data key, or `undefined` where it is another one; throws where the envelope was changed */
  readonly check: (dataKey: KeyObject) => KeyObject | undefined;
}

/** @throws MalformedEnvelopeError unless {@link announce} made it */
export function parseAnnouncement(bytes: Uint8Array): AnnouncedDataKey {
  const reader = new ByteReader(bytes);
  const keyId = reader.readPrefixedText(1, MAX_KEY_ID_BYTES, 'Key ID');
  const envelope = parseEnvelope(keyId, reader.readBytes(reader.remaining, 'Envelope'));
  const check = (dataKey: KeyObject): KeyObject | undefined => {
    const content = open(envelope, dataKey, Buffer.from(keyId, 'utf8'));
    if (content?.equals(CONTENT) === false) throw new DecryptionError();
    return content === undefined ? undefined : dataKey;
  };
  return { envelope, check };
}

/** The additional authenticated data of what an exchange keeps secret: a data key does not pass for it. */
const VAULT_AAD = Buffer.from('waxseal/v1/exchange-secret', 'ascii');

/**
 * What keeps the secrets of an exchange: keys that wrap now, and whose services authenticate what a wrapped
 * key is for. What others would unwrap may be of anybody's making.
 */
export function vaultOf(keyring: Keyring, origin: RequestOrigin, given: GuardedRequestOptions): DataKeyVault {
  const options = { ...given, aad: VAULT_AAD };
  const isFit = ({ key }: GuardedKey): boolean =>
    key.bindsAad && keyring.entries().some((entry) => entry.key === key && entry.role !== 'decryptOnly');
  return {
    protect: async (secret) => {
      const wrappedKeys = await keyring.wrap(secret, options);
      return withKeyId(wrappedKeys, serializeWrappedKeys(wrappedKeys));
    },
    reveal: async (bytes) => {
      const reader = new ByteReader(bytes);
      const keyId = reader.readPrefixedText(1, MAX_KEY_ID_BYTES, 'Key ID');
      const wrappedKeys = parseWrappedKeys(reader, keyId);
      const candidates = wrappedKeys.flatMap((wrapped) => {
        const kek = keyring.findGuarded(wrapped.keyId);
        return kek !== undefined && isFit(kek) ? [{ kek, wrapped }] : [];
      });
      if (candidates.length === 0) throw new UnknownKeyError(keyId);
      const unwrap = async ({ kek, wrapped }: Candidate, onBegun: () => void): Promise<Uint8Array> => {
        onBegun();
        const secret = await kek.unwrap(wrapped, origin, options).result;
        if (secret.length !== DATA_KEY_BYTES) throw new DecryptionError();
        return secret;
      };
      return firstToSucceed(candidates, unwrap, keyring.guard.hedgeAfterMs);
    },
  };
}
