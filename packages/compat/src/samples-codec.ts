import { createHash, createSecretKey, type KeyObject } from 'node:crypto';
import { inspect } from 'node:util';
import { isUint8Array } from 'node:util/types';
import type { Payload, SerializationContext } from '@temporalio/common';
import { ConfigurationError, type DecodeRequest } from '@waxseal/core';
import {
  assertKnownOptions,
  CODEC_STAGE,
  decodeRequestOf,
  quote,
  type StagedCodec,
} from '@waxseal/core/internal';
import { AES_KEY_BYTES, openAesGcm } from './aes-gcm';
import { fingerprint, MAX_PEER_KEY_ID_BYTES, PeerFormatError, shownKeyId } from './peer-format-error';
import {
  CIPHER_ENTRY,
  dataOf,
  decodeEach,
  ENCRYPTED_ENCODING,
  entryOf,
  innerPayload,
  isEncodedAs,
  isFernetText,
  isOfProxy,
  KEY_ID_ENTRY,
  textOf,
} from './peer-payload';
import { KeptKey, type StaticKey, type StaticKeyMaterial } from './static-key';

/** Options of a `SamplesCodec`. */
export interface SamplesCodecOptions {
  /**
   * Keys of 16, 24 or 32 bytes, by the ID that payloads name: `{ 'test-key-id': () => readKey() }`. An ID
   * that is not here opens nothing.
   */
  readonly keys?: Readonly<Record<string, StaticKey>> | undefined;
  /**
   * Which of `keys` opens payloads whose key ID is empty or missing. The Go sample writes an empty one where
   * no context tells it a workflow's key, as in failures (temporalio/sdk-go#1587).
   *
   * @default none: such payloads are refused
   */
  readonly emptyKeyId?: string | undefined;
  /**
   * Keys of the Java sample, which takes the bytes of the key ID for the key: each is such an ID, as text or
   * as bytes of UTF-8. An ID that is not here is never taken for a key, whatever a payload says.
   */
  readonly keyIdsThatAreKeys?: readonly StaticKeyMaterial[] | undefined;
}

const OPTIONS: ReadonlySet<string> = new Set(['keys', 'emptyKeyId', 'keyIdsThatAreKeys']);
/** What the Java sample names. */
const JAVA_CIPHER = 'AES/GCM/NoPadding';

/**
 * Reads what the encryption samples of Temporal's SDKs write (Go, Java, TypeScript, Python, .NET, Ruby):
 * `encoding` `binary/encrypted` without a wrapped key, AES-GCM under a key that an application was given.
 *
 * All other payloads pass in both directions, so that it can stand beside an `EnvelopeCodec` while a fleet
 * moves. Compression that others did before they encrypted stands before it in `payloadCodecs`.
 */
export class SamplesCodec implements StagedCodec {
  readonly [CODEC_STAGE] = 'read';

  readonly #keys: ReadonlyMap<string, KeptKey>;
  readonly #emptyKeyId: string | undefined;
  /** By SHA-256 of the ID, so that a look-up takes as long for any ID. */
  readonly #keysByDigest: ReadonlyMap<string, KeyObject>;

  /** @throws ConfigurationError that names the option */
  constructor(options: SamplesCodecOptions) {
    // Callers from JavaScript can hand over anything.
    const given: Readonly<Record<string, unknown>> = { ...(options as SamplesCodecOptions | undefined) };
    assertKnownOptions(given, OPTIONS, (name) => `SamplesCodec: ${JSON.stringify(name)}`);
    this.#keys = keptKeys(given['keys'] ?? {});
    this.#keysByDigest = keysOfIds(given['keyIdsThatAreKeys'] ?? []);
    if (this.#keys.size + this.#keysByDigest.size === 0) {
      throw new ConfigurationError(
        "SamplesCodec: give at least one key: keys: { 'test-key-id': <32 bytes> }, or keyIdsThatAreKeys for payloads of the Java sample.",
      );
    }
    const { emptyKeyId } = given;
    if (emptyKeyId !== undefined && !(typeof emptyKeyId === 'string' && this.#keys.has(emptyKeyId))) {
      throw new ConfigurationError('SamplesCodec: emptyKeyId must be the ID of one of keys.');
    }
    this.#emptyKeyId = emptyKeyId;
  }

  /** @returns the same payloads: nothing is written in this format */
  // eslint-disable-next-line @typescript-eslint/require-await
  async encode(payloads: Payload[]): Promise<Payload[]> {
    return [...payloads];
  }

  /**
   * @returns as many payloads, in the same order; what was opened is in fresh buffers, all else as it was
   * @throws PeerFormatError where a payload of the samples does not open
   * @throws KeyServiceError where a function gives no key
   */
  decode(payloads: Payload[], _context?: SerializationContext, request?: DecodeRequest): Promise<Payload[]> {
    const { signal } = decodeRequestOf(request);
    return decodeEach(payloads, isOfSamples, (payload) => this.#open(payload, signal));
  }

  async #open(payload: Payload, signal: AbortSignal | undefined): Promise<Payload> {
    const cipher = textOf(payload, CIPHER_ENTRY);
    const entry = entryOf(payload, KEY_ID_ENTRY);
    const keyId = Buffer.from(entry.subarray(0, MAX_PEER_KEY_ID_BYTES)).toString('utf8');
    // The entry that tells a payload of Java is not authenticated, and may have been taken away.
    const isMaybeKey = cipher !== '' || this.#keysByDigest.has(digestOf(entry));
    const shown = entry.length === 0 ? undefined : shownKeyId(keyId, isMaybeKey);
    if (cipher !== '' && cipher !== JAVA_CIPHER) {
      const nextStep = `It names another cipher than ${JAVA_CIPHER}; decode it with the code that wrote it.`;
      throw new PeerFormatError('samples', 'unsupported', { keyId: shown, nextStep });
    }
    const key = entry.length > MAX_PEER_KEY_ID_BYTES ? undefined : await this.#find(keyId, entry, signal);
    if (key === undefined) throw unknownKey(shown, cipher !== '');
    const data = dataOf(payload);
    const plaintext = data && openAesGcm(key, data);
    const inner = plaintext && innerPayload(plaintext);
    if (inner === undefined) throw new PeerFormatError('samples', 'damaged', { keyId: shown });
    return inner;
  }

  #find(
    keyId: string,
    bytes: Uint8Array,
    signal: AbortSignal | undefined,
  ): KeyObject | Promise<KeyObject> | undefined {
    if (bytes.length === 0) {
      return this.#emptyKeyId === undefined ? undefined : this.#keys.get(this.#emptyKeyId)?.get(signal);
    }
    return this.#keysByDigest.get(digestOf(bytes)) ?? this.#keys.get(keyId)?.get(signal);
  }

  /** Key IDs only; of those that are keys, fingerprints. */
  toJSON(): object {
    return {
      keyIds: [...this.#keys.keys()].map((keyId) => shownKeyId(keyId)),
      emptyKeyId: this.#emptyKeyId,
      keyIdsThatAreKeys: [...this.#keysByDigest.keys()].map((digest) => `SHA-256 ${digest.slice(0, 12)}`),
    };
  }

  [inspect.custom](): string {
    return `SamplesCodec ${inspect(this.toJSON())}`;
  }
}

/** Not those of temporal-proxy, nor Fernet tokens, which some write under the same encoding. */
function isOfSamples(payload: Payload): boolean {
  if (!isEncodedAs(payload, ENCRYPTED_ENCODING) || isOfProxy(payload)) return false;
  return entryOf(payload, KEY_ID_ENTRY).length > 0 || !isFernetText(payload.data);
}

function unknownKey(keyId: string | undefined, isOfJava: boolean): PeerFormatError {
  const nextStep =
    keyId === undefined
      ? 'It names no key: say by emptyKeyId of the SamplesCodec which of its keys opens such payloads.'
      : isOfJava
        ? 'Add the key to keys of the SamplesCodec, or to keyIdsThatAreKeys where the Java sample took its ID for the key.'
        : 'Add the key to keys of the SamplesCodec, if the payload is yours.';
  return new PeerFormatError('samples', 'unknown-key', { keyId, nextStep });
}

function keptKeys(keys: unknown): ReadonlyMap<string, KeptKey> {
  if (typeof keys !== 'object' || keys === null || Array.isArray(keys) || isUint8Array(keys)) {
    throw new ConfigurationError(
      "SamplesCodec: keys must be an object such as { 'test-key-id': <32 bytes> }.",
    );
  }
  return new Map(
    Object.entries(keys as Readonly<Record<string, unknown>>).map(([keyId, key]) => {
      if (keyId === '') {
        throw new ConfigurationError(
          'SamplesCodec: a key of keys has an empty ID. Give it a name, and say emptyKeyId: <that name>.',
        );
      }
      const shown = shownKeyId(keyId);
      return [keyId, new KeptKey(`SamplesCodec: keys[${quote(shown)}]`, shown, key, AES_KEY_BYTES)];
    }),
  );
}

function keysOfIds(ids: unknown): ReadonlyMap<string, KeyObject> {
  if (!Array.isArray(ids)) {
    throw new ConfigurationError('SamplesCodec: keyIdsThatAreKeys must be an array of key IDs.');
  }
  return new Map(
    (ids as readonly unknown[]).map((id, index) => {
      const bytes = typeof id === 'string' ? Buffer.from(id, 'utf8') : id;
      if (isUint8Array(bytes) && AES_KEY_BYTES.has(bytes.length)) {
        return [digestOf(bytes), createSecretKey(bytes)];
      }
      const shown = typeof id === 'string' ? ` (${fingerprint(id)})` : '';
      throw new ConfigurationError(
        `SamplesCodec: keyIdsThatAreKeys[${String(index)}]${shown} must be a key ID of 16, 24 or 32 bytes of UTF-8.`,
      );
    }),
  );
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
