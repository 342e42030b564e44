import { inspect } from 'node:util';
import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import { STEADY_CLOCK } from '../base/clock';
import { ConfigurationError } from '../base/errors';
import { DataKeysByKeyring } from '../data-keys/data-keys';
import { parseEnvelope } from '../envelope/envelope';
import { type KeyringKey, type Telemetry, notify } from '../key/telemetry';
import { Keyring } from '../keyring/keyring';
import {
  type KeyringContext,
  type KeyringSelector,
  codecSettings,
  type CodecSettings,
  type EnvelopeCodecOptions,
  type DecodeRequest,
} from './codec-options';
import { EnvelopeDecoder } from './decoder';
import { ReplayCodec, TolerantCodec } from './derived-codecs';
import { EnvelopeEncoder } from './encoder';
import { encodeOrRedact, redactedPartOf } from './failure-payload';
import { bytesOf, isEnvelopePayload, primaryKeyIdOf } from './payload-bytes';

/** Tells an envelope codec, also one from a second copy of this package. */
const ENVELOPE_CODEC_BRAND: unique symbol = Symbol.for('@waxseal/core/EnvelopeCodec');

/**
 * A Temporal `PayloadCodec` that seals each payload into an envelope (docs/spec/envelope.md), under a key of
 * its own that is derived from a data key that only the keyring's key services can unwrap.
 *
 * Put it last in `payloadCodecs`: Temporal encodes in the order of the array, and what is encrypted can no
 * longer be compressed. A codec sees payloads and not errors, whose message and stack Temporal stores in
 * clear: the plugin of `@waxseal/temporal` puts both in place, and in `payloadCodecs` by hand it needs
 * `failureConverterPath` beside it.
 *
 * One codec may serve any number of clients and workers; its data keys are shared by them.
 */
export class EnvelopeCodec implements PayloadCodec {
  /** @internal */
  readonly [ENVELOPE_CODEC_BRAND] = true;

  readonly #settings: CodecSettings;
  readonly #dataKeys: DataKeysByKeyring;
  readonly #encoder: EnvelopeEncoder;
  readonly #decoder: EnvelopeDecoder;
  readonly #endObservations: (() => void)[] = [];

  /** @throws ConfigurationError that names the option */
  constructor(options: EnvelopeCodecOptions) {
    this.#settings = codecSettings(options);
    const { limits, telemetry, exchange } = this.#settings;
    this.#dataKeys = new DataKeysByKeyring(limits, STEADY_CLOCK, telemetry, exchange);
    this.#decoder = new EnvelopeDecoder(this.#settings, this.#dataKeys);
    this.#encoder = new EnvelopeEncoder(this.#settings, this.#dataKeys);
    this.#observe(() => telemetry?.observeDataKeys?.(() => this.#dataKeys.states()));
    this.#observe(() => telemetry?.observeKeys?.(() => this.#keys()));
  }

  /** The keys, as they were given. */
  get keyring(): Keyring | KeyringSelector {
    return this.#settings.keyring;
  }

  /** Whether it encrypts: `false` for one that decodes only, and passes on what it encodes. */
  get encrypts(): boolean {
    return this.#settings.encrypt;
  }

  /** The observer, where one was given. */
  get telemetry(): Telemetry | undefined {
    return this.#settings.telemetry;
  }

  /**
   * Makes sure that there is a data key, so that encoding does not wait for the key service. Call it before a
   * worker polls; the plugin does.
   *
   * With `encrypt: false` it is a rehearsal: a data key is wrapped and unwrapped by each key that wraps, and
   * is used for nothing. A keyring without a primary key has nothing to rehearse.
   *
   * @param context the namespace to warm up for, where the keyring is chosen by a function
   * @throws KeyServiceError when the key service does not wrap, or in a rehearsal does not unwrap
   * @throws ConfigurationError when the keyring has no primary key and is to encrypt
   */
  warmUp(context: Partial<KeyringContext> = {}): Promise<void> {
    return this.#encoder.warmUp({ namespace: context.namespace, workflowId: context.workflowId });
  }

  /**
   * Says that whoever uses the codec has seen to the errors too: the plugin and `withEnvelope` do. Else the
   * codec warns once when a Worker encodes with it and no failure converter of Waxseal's is loaded.
   *
   * @internal
   */
  setUp(): void {
    this.#encoder.setUp();
  }

  /**
   * Ends refreshing and drops all data keys. The codec cannot be used afterwards. Calling it again does
   * nothing.
   */
  close(): void {
    this.#dataKeys.close();
    for (const end of this.#endObservations.splice(0)) notify(end);
  }

  #observe(begin: () => (() => void) | undefined): void {
    notify(() => {
      const end = begin();
      if (end !== undefined) this.#endObservations.push(end);
    });
  }

  #keys(): readonly KeyringKey[] {
    const { keyring } = this.#settings;
    const keyrings = keyring instanceof Keyring ? [keyring] : this.#dataKeys.keyrings();
    return keyrings.flatMap((one) => one.entries().map(({ key, role }) => ({ keyId: key.id, role })));
  }

  /**
   * Seals each payload, metadata included. With `encrypt: false` it passes them on as they are.
   *
   * @returns as many payloads, in the same order. `data` of sealed ones is fresh, or a fresh view of
   *   memory that envelopes alone share. The arguments are not changed
   * @throws KeyServiceError when there is no usable data key and none can be wrapped; never plaintext
   * @throws PayloadTooLargeError when sealing brings them above `payloadLimitBytes`
   */
  encode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    return encodeOrRedact(payloads, (unmarked) => this.#encoder.encode(unmarked, context), this.telemetry);
  }

  /**
   * Seals each payload for a place that is not Temporal, whose limit does not count there.
   *
   * @internal
   */
  sealForStore(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    return this.#encoder.encode(payloads, context, Infinity);
  }

  /**
   * Opens each envelope. Payloads in other encodings are passed on as they are, unless `requireEncryption` is
   * set.
   *
   * @returns as many payloads, in the same order. The bytes of one that was opened, data and metadata, are
   *   views of one fresh buffer, which no other payload has
   * @throws MalformedEnvelopeError, ContextMismatchError, UnknownKeyError and UnencryptedPayloadError without
   *   asking a key service
   * @throws KeyServiceError when the key service does not unwrap
   * @throws DecryptionError when the envelope does not open
   * @throws CodecClosedError after `close()`
   * @param request who asks, and until when; Temporal's SDK gives none
   */
  decode(payloads: Payload[], context?: SerializationContext, request?: DecodeRequest): Promise<Payload[]> {
    const { telemetry } = this;
    if (telemetry !== undefined) {
      notify(() => {
        tellDecoded(telemetry, payloads);
      });
    }
    return this.#decoder.decode(payloads, context, request);
  }

  /**
   * Opens an envelope, and seals what it holds anew under the keys of today. What it is bound to stays as it
   * records it, byte for byte, whatever the `binding` of this codec is.
   *
   * @returns what it holds, and the new envelope
   * @throws ConfigurationError with `encrypt: false`; what decoding and encoding throw
   * @internal
   */
  async resealed(envelope: Payload): Promise<{ readonly opened: Payload; readonly sealed: Payload }> {
    if (!this.encrypts) throw new ConfigurationError('EnvelopeCodec: encrypt: false seals nothing anew.');
    const { keyId } = primaryKeyIdOf(envelope);
    const { context } = parseEnvelope(keyId, bytesOf(envelope.data));
    const [opened = {}] = await this.decode([envelope]);
    const [sealed = {}] = await this.#encoder.sealAsRecorded(opened, context, keyId);
    return { opened, sealed };
  }

  /**
   * Whether `other` has the same keyring and the same settings, so that it does not matter which of the two
   * is used.
   */
  isEquivalentTo(other: EnvelopeCodec): boolean {
    const [mine, theirs] = [this.#settings, other.#settings];
    return (
      mine.keyring === theirs.keyring &&
      mine.onContextMismatch === theirs.onContextMismatch &&
      mine.exchange === theirs.exchange &&
      JSON.stringify(aliasesOf(mine)) === JSON.stringify(aliasesOf(theirs)) &&
      JSON.stringify(this) === JSON.stringify(other)
    );
  }

  /**
   * A codec that opens what this one opens, and wraps nothing: for replay and for the analysis of histories,
   * with keys that may only decrypt. What it encodes is empty. It is closed with this one.
   */
  decodeOnly(): ReplayCodec {
    return new ReplayCodec(this);
  }

  /**
   * A codec for a client that lists and describes workflows: a payload that cannot be opened becomes a text
   * that says so, and does not fail the whole listing. Never for a Worker, which would take the text for
   * data.
   */
  tolerant(): TolerantCodec {
    return new TolerantCodec(this);
  }

  /** Key IDs and settings only. */
  toJSON(): object {
    const { keyring, encrypt, limits, binding, requireEncryption } = this.#settings;
    return {
      keyring: keyring instanceof Keyring ? keyring.toJSON() : 'chosen by a function',
      encrypt,
      dataKeys: limits,
      binding,
      requireEncryption,
    };
  }

  [inspect.custom](): string {
    return `EnvelopeCodec ${inspect(this.toJSON())}`;
  }
}

function tellDecoded(telemetry: Telemetry, payloads: readonly Payload[]): void {
  const others = payloads.filter((payload) => !isEnvelopePayload(payload));
  const envelopes = payloads.length - others.length;
  const plaintext = others.filter((payload) => redactedPartOf(payload) === undefined).length;
  if (envelopes > 0) telemetry.payloadsProcessed?.('decode', 'envelope', envelopes);
  if (plaintext > 0) telemetry.payloadsProcessed?.('decode', 'plaintext', plaintext);
}

function aliasesOf({ namespaceAliases }: CodecSettings): [string, string[]][] {
  return [...namespaceAliases].map(([current, former]) => [current, [...former]]);
}

/** By what a codec names the envelope codec within it. */
export const SEALS_BY: unique symbol = Symbol.for('@waxseal/core/sealsBy');

/**
 * A codec that seals by an envelope codec within it, and keeps what is sealed elsewhere than in Temporal: it
 * stands in the place of that codec, as the last one.
 */
export interface SealingCodec extends PayloadCodec {
  readonly [SEALS_BY]: EnvelopeCodec;
  /** As `EnvelopeCodec.warmUp`. */
  warmUp(context?: Partial<KeyringContext>): Promise<void>;
  /** As `EnvelopeCodec.decodeOnly`. */
  decodeOnly(): ReplayCodec;
}

/** Whether a codec seals by an envelope codec within it. */
export function isSealingCodec(codec: PayloadCodec): codec is SealingCodec {
  return SEALS_BY in codec;
}

/** The envelope codec that a codec is, or seals by; else `undefined`. */
export function envelopeCodecOf(codec: PayloadCodec): EnvelopeCodec | undefined {
  if (isEnvelopeCodec(codec)) return codec;
  return isSealingCodec(codec) ? codec[SEALS_BY] : undefined;
}

/** Whether a codec is an `EnvelopeCodec`, also one from a second copy of this package. */
export function isEnvelopeCodec(codec: PayloadCodec): codec is EnvelopeCodec {
  return ENVELOPE_CODEC_BRAND in codec;
}
