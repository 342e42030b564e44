import type { DataConverter, PayloadCodec } from '@temporalio/common';
import { ConfigurationError, type EnvelopeCodec } from '@waxseal/core';

import { CodecChain } from './codecs/codec-chain';
import { findEnvelopeCodecs } from './codecs/find-envelope-codecs';
import { FAILURE_CONVERTER_PATH } from './failure-converter-path';

/** A data converter that encrypts. */
export interface EncryptingDataConverter extends DataConverter {
  readonly payloadCodecs: PayloadCodec[];
  readonly failureConverterPath: string;
}

/**
 * A data converter like `dataConverter` that encrypts last, after the codecs that are there, and encodes failures. A payload
 * converter and a failure converter that are set are kept.
 *
 * One that holds the codec already, or one with the same keyring and settings, encrypts once.
 *
 * @throws ConfigurationError when it holds an envelope codec that differs: one of the two would have no effect
 */
export function withEnvelope(
  dataConverter: DataConverter | undefined,
  codec: EnvelopeCodec,
): EncryptingDataConverter {
  const codecs = dataConverter?.payloadCodecs ?? [];
  const present = findEnvelopeCodecs(codecs);
  if (!present.every((other) => other === codec || other.isLike(codec))) {
    throw new ConfigurationError(
      'The data converter holds an envelope codec already, with another keyring or other settings than this one; only one of them would have an effect. Use one codec, or one plugin, for all: new EnvelopePlugin({ codec }).',
    );
  }
  return {
    ...dataConverter,
    payloadCodecs: asOne(present.length > 0 ? codecs : [...codecs, codec], codec),
    failureConverterPath: dataConverter?.failureConverterPath ?? FAILURE_CONVERTER_PATH,
  };
}

function asOne(codecs: readonly PayloadCodec[], { telemetry }: EnvelopeCodec): PayloadCodec[] {
  return codecs.length === 1 ? [...codecs] : [new CodecChain(codecs, telemetry)];
}
