import type { PayloadCodec } from '@temporalio/common';
import { isEnvelopeCodec, ReplayCodec, type EnvelopeCodec } from '@waxseal/core';

import { isCodecChain } from './is-codec-chain';

/** The envelope codecs among `codecs`: in chains too, and those behind a `ReplayCodec`. */
export function findEnvelopeCodecs(codecs: readonly PayloadCodec[]): EnvelopeCodec[] {
  return codecs.flatMap((codec) => {
    if (isCodecChain(codec)) return findEnvelopeCodecs(codec.codecs);
    if (codec instanceof ReplayCodec) return [codec.codec];
    return isEnvelopeCodec(codec) ? [codec] : [];
  });
}
