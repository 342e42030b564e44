import type { PayloadCodec } from '@temporalio/common';

import type { CodecChain } from './codec-chain';
import { CODEC_CHAIN_BRAND } from './codec-chain-brand';

/** Whether a codec is a `CodecChain`, also one from a second copy of this package. */
export function isCodecChain(codec: PayloadCodec): codec is CodecChain {
  return CODEC_CHAIN_BRAND in codec;
}
