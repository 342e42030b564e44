import type { PayloadCodec } from '@temporalio/common';
import { isEnvelopeCodec, ReplayCodec, TolerantCodec, type EnvelopeCodec } from '@waxseal/core';

import { isCodecChain } from './is-codec-chain';

/** The envelope codecs among `codecs`: in chains too, and those behind a `ReplayCodec` or `TolerantCodec`. */
export function findEnvelopeCodecs(codecs: readonly PayloadCodec[]): EnvelopeCodec[] {
  return codecs.flatMap((codec) => {
    if (isCodecChain(codec)) return findEnvelopeCodecs(codec.codecs);
    if (codec instanceof ReplayCodec || codec instanceof TolerantCodec) {
      return findEnvelopeCodecs([codec.codec]);
    }
    return isEnvelopeCodec(codec) ? [codec] : [];
  });
}
