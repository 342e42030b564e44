import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import {
  type DecodeRequest,
  type Telemetry,
  type EnvelopeCodec,
  type SealingCodec,
  ConfigurationError,
} from '@waxseal/core';
import {
  assertCodecChain,
  encodeOrRedact,
  encryptsPayloads,
  isEnvelopeCodec,
  isSealingCodec,
  markAs,
  ReplayCodec,
  type RequestedCodec,
  stageOf,
  TolerantCodec,
} from '@waxseal/core/internal';

/** Tells a chain, also one from a second copy of this package. */
const CODEC_CHAIN_BRAND: unique symbol = Symbol.for('@waxseal/temporal/CodecChain');

/**
 * Codecs that work as one: encoding in their order, decoding in the opposite one, as the SDK does with an
 * array.
 *
 * It exists for failures: an earlier codec (a compressor, say) hides the mark of a failure's payload from the
 * envelope codec behind it, so the whole chain is what encodes or redacts. So it would hide whose data they
 * are: that mark is put onto what each codec makes.
 */
export class CodecChain implements PayloadCodec {
  /** @internal */
  readonly [CODEC_CHAIN_BRAND] = true;

  readonly #codecs: readonly PayloadCodec[];
  readonly #telemetry: Telemetry | undefined;
  /** Place of the first codec that encrypts, under the key of a subject or not at all; -1 for none. */
  readonly #sealsAt: number;

  /** @param telemetry told of failures that were redacted */
  constructor(codecs: readonly PayloadCodec[], telemetry?: Telemetry) {
    this.#codecs = [...codecs];
    this.#sealsAt = codecs.findIndex(encryptsPayloads);
    this.#telemetry = telemetry;
  }

  /** The codecs, in the order in which they encode. */
  get codecs(): readonly PayloadCodec[] {
    return this.#codecs;
  }

  encode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    const encode = async (unmarked: Payload[]): Promise<Payload[]> => {
      let encoded = unmarked;
      for (const [place, codec] of this.#codecs.entries()) {
        // What a codec packs a payload into is of the same subject, until it is under the subject's key.
        if (place <= this.#sealsAt)
          encoded = encoded.map((payload, index) => markAs(payload, unmarked[index] ?? {}));
        encoded = await codec.encode(encoded, context);
      }
      return encoded;
    };
    return encodeOrRedact(payloads, encode, this.#telemetry);
  }

  /** @param request handed on to the codecs that know it, as a Codec Server gives it */
  async decode(
    payloads: Payload[],
    context?: SerializationContext,
    request?: DecodeRequest,
  ): Promise<Payload[]> {
    let decoded = payloads;
    for (const codec of this.#codecs.toReversed() as readonly RequestedCodec[]) {
      decoded = await codec.decode(decoded, context, request);
    }
    return decoded;
  }

  /** What its codecs show of themselves. */
  toJSON(): object {
    return this.#codecs.map((codec) => ('toJSON' in codec ? codec : codec.constructor.name));
  }
}

/**
 * Codecs as one, for a client that lists and describes workflows: a payload that any of them cannot read
 * becomes a text that says so, as `EnvelopeCodec.tolerant` has it for that codec alone. Never for a Worker.
 *
 * @param codecs in the order in which they encode, as `loadConfig()` gives them
 */
export function tolerantCodec(codecs: readonly PayloadCodec[]): TolerantCodec {
  return new TolerantCodec(new CodecChain(codecs));
}

/** Whether a codec is a `CodecChain`, also one from a second copy of this package. */
function isCodecChain(codec: PayloadCodec): codec is CodecChain {
  return CODEC_CHAIN_BRAND in codec;
}

/**
 * The codecs that seal among `codecs`: in chains too, and those behind a `ReplayCodec` or `TolerantCodec`.
 */
export function findSealingCodecs(codecs: readonly PayloadCodec[]): (EnvelopeCodec | SealingCodec)[] {
  return flatten(codecs).filter((codec) => isEnvelopeCodec(codec) || isSealingCodec(codec));
}

/** A codec of another format, and what it may have beside. */
interface OtherCodec extends PayloadCodec {
  warmUp?(context: { readonly namespace: string }): Promise<void>;
  decodeOnly?(): ReplayCodec;
}

/**
 * Whether one of the codecs encrypts, in chains too: an `EnvelopeCodec` with `encrypt: false` may stand
 * beside one that writes another format.
 */
export function encryptsAny(codecs: readonly PayloadCodec[]): boolean {
  return flatten(codecs).some(encryptsPayloads);
}

/**
 * Has each codec that seals, or encrypts otherwise, get ready, so that encoding waits for nothing.
 *
 * @throws KeyServiceError, StoreError and ConfigurationError as they do
 */
export async function warmUp(codecs: readonly PayloadCodec[], namespace: string): Promise<void> {
  const sealing = findSealingCodecs(codecs);
  const others = flatten(codecs).filter(encryptsPayloads).filter(isOther) as OtherCodec[];
  await Promise.all([...sealing, ...others].map(async (codec) => codec.warmUp?.({ namespace })));
}

function isOther(codec: PayloadCodec): boolean {
  return !isEnvelopeCodec(codec) && !isSealingCodec(codec);
}

/** @throws ConfigurationError where codecs cannot work as one, as `assertCodecChain` says */
export function assertChain(codecs: readonly PayloadCodec[]): void {
  assertCodecChain(flatten(codecs), 'payloadCodecs');
}

/** The codecs, with those that chains and derived codecs consist of in the place of these. */
export function flatten(codecs: readonly PayloadCodec[]): readonly PayloadCodec[] {
  return codecs.flatMap((codec) => {
    if (isCodecChain(codec)) return flatten(codec.codecs);
    return codec instanceof ReplayCodec || codec instanceof TolerantCodec ? flatten([codec.codec]) : [codec];
  });
}

/**
 * A codec like `codec` that needs no key service to wrap, and compares no context: each codec in it that has
 * a `ReplayCodec` becomes that.
 */
export function forReplay(codec: PayloadCodec): PayloadCodec {
  if (isCodecChain(codec)) return new CodecChain(codec.codecs.map(forReplay));
  if (isOther(codec) && stageOf(codec) !== undefined) return (codec as OtherCodec).decodeOnly?.() ?? codec;
  return isEnvelopeCodec(codec) || isSealingCodec(codec) ? codec.decodeOnly() : codec;
}

/** @throws ConfigurationError when one of the codecs would hand a workflow a text in the place of its data */
export function assertForWorker(codecs: readonly PayloadCodec[]): void {
  for (const codec of codecs) {
    if (isCodecChain(codec)) assertForWorker(codec.codecs);
    if (codec instanceof TolerantCodec) {
      throw new ConfigurationError(
        'A tolerant codec is for clients that list workflows: a Worker would take its placeholders for data. Give the Worker the EnvelopeCodec itself.',
      );
    }
  }
}
