import type { EnvelopeCodec, EnvelopeCodecOptions } from '@waxseal/core';

/** The options of a codec that the plugin makes. */
export type CodecFromOptions = EnvelopeCodecOptions & { readonly codec?: never };

/** A codec that exists, and nothing else: its options are its own. */
export type ExistingCodec = { readonly codec: EnvelopeCodec } & {
  readonly [Option in keyof EnvelopeCodecOptions]?: never;
};

/** A codec, or what one is made of. */
export type EnvelopePluginOptions = CodecFromOptions | ExistingCodec;
