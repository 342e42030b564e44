import type { PayloadCodec } from '@temporalio/common';

import type { EnvelopeCodec } from './envelope-codec';
import { ENVELOPE_CODEC_BRAND } from './envelope-codec-brand';

/** Whether a codec is an `EnvelopeCodec`, also one from a second copy of this package. */
export function isEnvelopeCodec(codec: PayloadCodec): codec is EnvelopeCodec {
  return ENVELOPE_CODEC_BRAND in codec;
}
