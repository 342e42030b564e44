import type { PayloadCodec } from '@temporalio/common';
import { isEnvelopeCodec, type EnvelopeCodec } from '@waxseal/core';

import { CodecChain } from './codec-chain';

/** The envelope codecs among `codecs`, in chains too. */
export function findEnvelopeCodecs(codecs: readonly PayloadCodec[]): EnvelopeCodec[] {
  return codecs.flatMap((codec) => {
    if (codec instanceof CodecChain) return findEnvelopeCodecs(codec.codecs);
    return isEnvelopeCodec(codec) ? [codec] : [];
  });
}
