import { inspect } from 'node:util';
import type { Payload, SerializationContext } from '@temporalio/common';
import { ConfigurationError, type DecodeRequest } from '@waxseal/core';
import {
  CODEC_STAGE,
  type CodecStage,
  DataKeysByKeyring,
  byteLength,
  decodeRequestOf,
  encodeOrRedact,
  isPauseDue,
  originOf,
  pause,
  ReplayCodec,
  serializePayload,
  type StagedCodec,
  STEADY_CLOCK,
  SUBJECT_METADATA,
} from '@waxseal/core/internal';
import { sealAesGcm } from './aes-gcm';
import { ENCRYPTED_ENCODING, isOfProxy, KEY_ID_ENTRY, WRAPPED_KEY_ENTRY } from './peer-payload';
import { ProxyDecoder } from './proxy-decoder';
import {
  temporalProxySettings,
  type TemporalProxyCodecOptions,
  type TemporalProxySettings,
} from './temporal-proxy-options';

/**
 * Reads what Temporal's proxy (`temporal-proxy`) encrypts: `encoding` `binary/encrypted` with the wrapped
 * data key beside it. By `writeUnder` it writes that too, for a fleet of which a part is behind the proxy
 * still.
 *
 * All other payloads pass when decoding; without `writeUnder`, all pass when encoding.
 */
export class TemporalProxyCodec implements StagedCodec {
  readonly [CODEC_STAGE]: CodecStage;

  readonly #settings: TemporalProxySettings;
  readonly #dataKeys: DataKeysByKeyring;
  readonly #decoder: ProxyDecoder;

  /** @throws ConfigurationError that names the option; no key service is asked */
  constructor(options: TemporalProxyCodecOptions) {
    this.#settings = temporalProxySettings(options);
    const { limits, telemetry, writing } = this.#settings;
    this[CODEC_STAGE] = writing === undefined ? 'read' : 'encrypt';
    this.#dataKeys = new DataKeysByKeyring(limits, STEADY_CLOCK, telemetry);
    this.#decoder = new ProxyDecoder(this.#settings, this.#dataKeys);
  }

  /** Whether it encrypts. */
  get encrypts(): boolean {
    return this.#settings.writing !== undefined;
  }

  /**
   * Has a data key wrapped ahead, so that encoding does not wait for the key service. The plugin calls it
   * before a Worker polls. A codec that only reads asks for nothing.
   *
   * @throws KeyServiceError where the key service does not wrap
   */
  async warmUp(): Promise<void> {
    if (this.encrypts) await this.#dataKeys.of(this.#settings.keyring).encoding.warmUp();
  }

  /**
   * Encrypts each payload, metadata included, where the codec writes; else the same payloads.
   *
   * @returns as many payloads, in the same order; in fresh buffers where it writes
   * @throws KeyServiceError where there is no usable data key and none can be wrapped; never plaintext
   */

  async encode(payloads: Payload[]): Promise<Payload[]> {
    if (!this.encrypts) return [...payloads];
    return encodeOrRedact(payloads, (unmarked) => this.#write(unmarked), this.#settings.telemetry);
  }

  async #write(payloads: readonly Payload[]): Promise<Payload[]> {
    const { keyring, writing } = this.#settings;
    const { encoding } = this.#dataKeys.of(keyring);
    const written: Payload[] = [];
    for (const payload of payloads) {
      assertNoSubject(payload);
      const plaintext = serializePayload(payload);
      const { secret, wrappedKeys } = await encoding.acquire(byteLength(plaintext));
      while (isPauseDue()) await pause();
      written.push({
        metadata: {
          encoding: bytesOf(ENCRYPTED_ENCODING),
          [KEY_ID_ENTRY]: new Uint8Array(writing?.keyId ?? []),
          [WRAPPED_KEY_ENTRY]: bytesOf(Buffer.from(wrappedKeys[0].bytes).toString('base64')),
        },
        data: sealAesGcm(secret, plaintext),
      });
    }
    return written;
  }

  /**
   * Opens each payload of the proxy's.
   *
   * @param request who asks, and until when; Temporal's SDK gives none
   * @returns as many payloads, in the same order; what was opened is in fresh buffers, all else as it was
   * @throws PeerFormatError where a key is not configured, without a request, or a payload does not open
   * @throws KeyServiceError where the key service does not unwrap
   */
  async decode(
    payloads: Payload[],
    context?: SerializationContext,
    request?: DecodeRequest,
  ): Promise<Payload[]> {
    if (!payloads.some(isOfProxy)) return [...payloads];
    const given = decodeRequestOf(request);
    return this.#decoder.decode(payloads, originOf(context, given), given);
  }

  /** A codec that opens what this one opens, and has nothing wrapped: for replay. */
  decodeOnly(): ReplayCodec {
    return new ReplayCodec(this);
  }

  /** Drops all data keys. The codec cannot be used afterwards. */
  close(): void {
    this.#dataKeys.close();
  }

  /** Key IDs and settings only; of test keys, fingerprints. */
  toJSON(): object {
    const { keyring, writing, limits } = this.#settings;
    return { keyIds: keyring.keyIds, writeUnder: writing?.shown, dataKeys: limits };
  }

  [inspect.custom](): string {
    return `TemporalProxyCodec ${inspect(this.toJSON())}`;
  }
}

/** Erasure needs a key for each subject, which the proxy's format does not have. */
function assertNoSubject({ metadata }: Payload): void {
  if (metadata?.[SUBJECT_METADATA] === undefined) return;
  throw new ConfigurationError(
    'A payload is marked for a subject, and the TemporalProxyCodec writes under one key for all: remove writeUnder, and let an EnvelopeCodec encrypt.',
  );
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
