/** Tells an envelope codec, also one from a second copy of this package. */
export const ENVELOPE_CODEC_BRAND: unique symbol = Symbol.for('@waxseal/core/EnvelopeCodec');
