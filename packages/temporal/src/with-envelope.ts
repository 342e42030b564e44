import type { DataConverter, PayloadCodec } from '@temporalio/common';
import type { EnvelopeCodec } from '@waxseal/core';

import { CodecChain } from './codecs/codec-chain';
import { findEnvelopeCodecs } from './codecs/find-envelope-codecs';
import { FAILURE_CONVERTER_PATH } from './failure-converter-path';

/** A data converter that encrypts. */
export interface EncryptingDataConverter extends DataConverter {
  readonly payloadCodecs: PayloadCodec[];
  readonly failureConverterPath: string;
}

/**
 * A data converter like `dataConverter` that encrypts last, after the codecs that are there, and encodes failures.
 *
 * One that holds an envelope codec already keeps its codecs: nothing is encrypted twice. A payload converter and a
 * failure converter that are set are kept.
 */
export function withEnvelope(
  dataConverter: DataConverter | undefined,
  codec: EnvelopeCodec,
): EncryptingDataConverter {
  const codecs = dataConverter?.payloadCodecs ?? [];
  return {
    ...dataConverter,
    payloadCodecs: findEnvelopeCodecs(codecs).length > 0 ? codecs : append(codecs, codec),
    failureConverterPath: dataConverter?.failureConverterPath ?? FAILURE_CONVERTER_PATH,
  };
}

function append(codecs: readonly PayloadCodec[], codec: EnvelopeCodec): PayloadCodec[] {
  return codecs.length === 0 ? [codec] : [new CodecChain([...codecs, codec])];
}
