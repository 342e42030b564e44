import type { KeyObject } from 'node:crypto';
import { inspect } from 'node:util';

import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';

import { open } from '../cipher/open';
import { seal } from '../cipher/seal';
import { MONOTONIC_CLOCK } from '../data-keys/clock';
import { DataKey } from '../data-keys/data-key';
import { dataKeyLimits, type DataKeyLimits } from '../data-keys/data-key-limits';
import { DecodingKeys } from '../data-keys/decoding-keys';
import { EncodingKeys } from '../data-keys/encoding-keys';
import type { Binding } from '../encryption-context/binding';
import { ContextSerializer } from '../encryption-context/context-serializer';
import type { ContextMismatch } from '../errors/context-mismatch';
import { findContextMismatches } from '../encryption-context/find-context-mismatches';
import { namespaceAliases, type NamespaceAliases } from '../encryption-context/namespace-aliases';
import type { Envelope } from '../envelope/envelope';
import { parseEnvelope } from '../envelope/parse-envelope';
import { CodecClosedError } from '../errors/codec-closed-error';
import { ContextMismatchError } from '../errors/context-mismatch-error';
import { UnencryptedPayloadError } from '../errors/unencrypted-payload-error';
import type { Keyring } from '../keyring/keyring';
import { checkCodecOptions } from './check-codec-options';
import { ENVELOPE_CODEC_BRAND } from './envelope-codec-brand';
import { encodeOrRedact } from './encode-or-redact';
import { isFailurePayload } from './failure-payload';
import type { EnvelopeCodecOptions } from './envelope-codec-options';
import { isEnvelopePayload, outerPayload, primaryKeyIdOf } from './outer-payload';
import { parsePayload } from './parse-payload';
import { isRedactedPayload } from './redacted-payload';
import { reportMismatch } from './report-mismatch';
import { serializePayload } from './serialize-payload';
import { findCandidates, type Candidates } from './find-candidates';
import { unwrapDataKey } from './unwrap-data-key';

/** An envelope that no key service has been asked about yet. */
interface Checked {
  readonly envelope: Envelope;
  /** UTF-8 of the primary key ID. */
  readonly keyId: Uint8Array;
  readonly mismatches: readonly ContextMismatch[];
  readonly candidates: Candidates;
}

/** A payload that is no envelope. */
interface PassedOn {
  readonly payload: Payload;
  readonly envelope: undefined;
}

/**
 * A Temporal `PayloadCodec` that seals each payload into an envelope (docs/spec/envelope.md), under a key of its own that
 * is derived from a data key that only the keyring's key services can unwrap.
 *
 * Put it last in `payloadCodecs`: Temporal encodes in the order of the array, and what is encrypted can no longer be
 * compressed. One codec may serve any number of clients and workers; its data keys are shared by them.
 */
export class EnvelopeCodec implements PayloadCodec {
  /** @internal */
  readonly [ENVELOPE_CODEC_BRAND] = true;

  readonly #keyring: Keyring;
  readonly #limits: DataKeyLimits;
  readonly #binding: Binding;
  readonly #contextSerializer: ContextSerializer;
  readonly #onContextMismatch: ((mismatch: ContextMismatch) => void) | undefined;
  readonly #namespaceAliases: NamespaceAliases;
  readonly #requireEncryption: boolean;
  readonly #encodingKeys: EncodingKeys;
  readonly #decodingKeys: DecodingKeys;
  #isClosed = false;

  /** @throws ConfigurationError that names the option */
  constructor(options: EnvelopeCodecOptions) {
    checkCodecOptions(options);
    const limits = dataKeyLimits(options.dataKeys);
    this.#limits = limits;
    this.#keyring = options.keyring;
    this.#binding = options.binding ?? 'namespace';
    this.#contextSerializer = new ContextSerializer(this.#binding);
    this.#onContextMismatch =
      typeof options.onContextMismatch === 'function' ? options.onContextMismatch : undefined;
    this.#namespaceAliases = namespaceAliases(options.namespaceAliases);
    this.#requireEncryption = options.requireEncryption ?? false;
    this.#decodingKeys = new DecodingKeys(limits);
    this.#encodingKeys = new EncodingKeys(options.keyring, limits, MONOTONIC_CLOCK, (dataKey) => {
      for (const wrapped of dataKey.wrappedKeys) this.#decodingKeys.put(wrapped, dataKey.secret);
    });
  }

  /**
   * Makes sure that there is a data key, so that encoding does not wait for the key service. Call it before a worker
   * polls; the plugin does.
   *
   * @throws KeyServiceError when the key service does not wrap
   * @throws ConfigurationError when the keyring has no primary key
   */
  async warmUp(): Promise<void> {
    this.#assertOpen();
    await this.#encodingKeys.warmUp();
  }

  /** Ends refreshing and drops all data keys. The codec cannot be used afterwards. Calling it again does nothing. */
  close(): void {
    this.#isClosed = true;
    this.#encodingKeys.close();
    this.#decodingKeys.close();
  }

  /**
   * Seals each payload, metadata included.
   *
   * @returns as many payloads, in the same order, in fresh buffers; the arguments are not changed
   * @throws KeyServiceError when there is no usable data key and none can be wrapped; never plaintext
   */
  encode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    return payloads.some(isFailurePayload)
      ? encodeOrRedact(payloads, (unmarked) => this.#encode(unmarked, context))
      : this.#encode(payloads, context);
  }

  /**
   * Opens each envelope. Payloads in other encodings are passed on as they are, unless `requireEncryption` is set.
   *
   * @returns as many payloads, in the same order; what was opened is in fresh buffers
   * @throws MalformedEnvelopeError, ContextMismatchError, UnknownKeyError and UnencryptedPayloadError without asking a
   *   key service
   * @throws KeyServiceError when the key service does not unwrap
   * @throws DecryptionError when the envelope does not open
   */
  async decode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    this.#assertOpen();
    // All that can throw at once comes before the first request, so that no rejection is left without a handler.
    const checked = payloads.map((payload) => this.#check(payload, context));
    const decoded = checked.map((item) =>
      item.envelope === undefined ? item.payload : this.#openFromMemory(item),
    );
    if (decoded.every(isPayload)) return decoded;
    return Promise.all(
      decoded.map(async (result) => (isPayload(result) ? result : this.#openByRequest(result))),
    );
  }

  /** Whether `other` has the same keyring and the same settings, so that it does not matter which of the two is used. */
  isLike(other: EnvelopeCodec): boolean {
    return this.#keyring === other.#keyring && JSON.stringify(this) === JSON.stringify(other);
  }

  /** Key IDs and settings only. */
  toJSON(): object {
    return {
      keyring: this.#keyring.toJSON(),
      dataKeys: this.#limits,
      binding: this.#binding,
      requireEncryption: this.#requireEncryption,
    };
  }

  [inspect.custom](): string {
    return `EnvelopeCodec ${inspect(this.toJSON())}`;
  }

  async #encode(payloads: Payload[], context: SerializationContext | undefined): Promise<Payload[]> {
    this.#assertOpen();
    const serializedContext = this.#contextSerializer.serialize(context);
    // All that can throw at once comes before the first request, so that no rejection is left without a handler.
    const plaintexts = payloads.map(serializePayload);
    const acquired = plaintexts.map((plaintext) => this.#encodingKeys.acquire(byteLength(plaintext)));
    const dataKeys = acquired.every(isDataKey)
      ? acquired
      : await Promise.all(acquired.map((key) => Promise.resolve(key)));
    return dataKeys.map((dataKey, index) => sealUnder(dataKey, serializedContext, plaintexts[index] ?? []));
  }

  #check(payload: Payload, serialization: SerializationContext | undefined): Checked | PassedOn {
    if (!isEnvelopePayload(payload)) {
      if (this.#requireEncryption && !isRedactedPayload(payload)) throw new UnencryptedPayloadError();
      return { payload, envelope: undefined };
    }
    const { keyId, bytes } = primaryKeyIdOf(payload);
    const envelope = parseEnvelope(keyId, payload.data ?? new Uint8Array());
    const mismatches = findContextMismatches(envelope.context, serialization, this.#namespaceAliases);
    if (mismatches[0] !== undefined && this.#onContextMismatch === undefined) {
      throw new ContextMismatchError(mismatches[0]);
    }
    const candidates = findCandidates(envelope, this.#keyring);
    return { envelope, keyId: bytes, mismatches, candidates };
  }

  /** @returns the payload, or `item` itself when its data key is not in memory */
  #openFromMemory(item: Checked): Payload | Checked {
    for (const { wrapped } of item.candidates) {
      const dataKey = this.#decodingKeys.get(wrapped);
      if (dataKey !== undefined) return this.#open(item, dataKey);
    }
    return item;
  }

  async #openByRequest(item: Checked): Promise<Payload> {
    return this.#open(item, await unwrapDataKey(item.candidates, this.#decodingKeys));
  }

  #open({ envelope, keyId, mismatches }: Checked, dataKey: KeyObject): Payload {
    const payload = parsePayload(open(envelope, dataKey, keyId));
    for (const mismatch of mismatches) reportMismatch(mismatch, this.#onContextMismatch);
    return payload;
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new CodecClosedError();
  }
}

function sealUnder(dataKey: DataKey, context: Uint8Array, plaintext: readonly Uint8Array[]): Payload {
  const envelope = seal({
    dataKey: dataKey.secret,
    keyId: dataKey.keyIdBytes,
    context,
    wrappedKeys: dataKey.serializedWrappedKeys,
    plaintext,
  });
  return outerPayload(dataKey.keyIdBytes, envelope);
}

function byteLength(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

function isDataKey(acquired: DataKey | Promise<DataKey>): acquired is DataKey {
  return acquired instanceof DataKey;
}

function isPayload(result: Payload | Checked): result is Payload {
  return !('envelope' in result);
}
