import type { PayloadCodec } from '@temporalio/common';
import { isEnvelopeCodec, ReplayCodec } from '@waxseal/core';

import { CodecChain } from './codec-chain';
import { isCodecChain } from './is-codec-chain';

/** A codec like `codec` that needs no key service to wrap: each envelope codec in it becomes a `ReplayCodec`. */
export function forReplay(codec: PayloadCodec): PayloadCodec {
  if (isCodecChain(codec)) return new CodecChain(codec.codecs.map(forReplay));
  return isEnvelopeCodec(codec) ? new ReplayCodec(codec) : codec;
}
