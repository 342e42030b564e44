import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import { encodeOrRedact, type DecodeRequest, type Telemetry } from '@waxseal/core';

import { CODEC_CHAIN_BRAND } from './codec-chain-brand';

/** A codec that may know who wants payloads to be decoded. */
interface RequestedCodec extends PayloadCodec {
  decode(payloads: Payload[], context?: SerializationContext, request?: DecodeRequest): Promise<Payload[]>;
}

/**
 * Codecs that work as one: encoding in their order, decoding in the opposite one, as the SDK does with an array.
 *
 * It exists for failures: an earlier codec (a compressor, say) hides the mark of a failure's payload from the envelope
 * codec behind it, so the whole chain is what encodes or redacts.
 */
export class CodecChain implements PayloadCodec {
  /** @internal */
  readonly [CODEC_CHAIN_BRAND] = true;

  readonly #codecs: readonly PayloadCodec[];
  readonly #telemetry: Telemetry | undefined;

  /** @param telemetry told of failures that were redacted */
  constructor(codecs: readonly PayloadCodec[], telemetry?: Telemetry) {
    this.#codecs = [...codecs];
    this.#telemetry = telemetry;
  }

  /** The codecs, in the order in which they encode. */
  get codecs(): readonly PayloadCodec[] {
    return this.#codecs;
  }

  encode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    const encode = async (unmarked: Payload[]): Promise<Payload[]> => {
      let encoded = unmarked;
      for (const codec of this.#codecs) encoded = await codec.encode(encoded, context);
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
}
