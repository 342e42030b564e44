/** Tells a chain, also one from a second copy of this package. */
export const CODEC_CHAIN_BRAND: unique symbol = Symbol.for('@waxseal/temporal/CodecChain');
