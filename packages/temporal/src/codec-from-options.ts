import type { PayloadCodec } from '@temporalio/common';
import { ConfigurationError, EnvelopeCodec, isEnvelopeCodec, type EnvelopeCodecOptions } from '@waxseal/core';

import type { EnvelopePluginOptions } from './envelope-plugin-options';

/** @throws ConfigurationError when `options` are neither a codec alone nor the options of one */
export function codecFromOptions(options: EnvelopePluginOptions): EnvelopeCodec {
  // Callers from JavaScript can hand over anything.
  const given: { codec?: PayloadCodec | null } = { ...(options as EnvelopePluginOptions | undefined) };
  if (!('codec' in given)) return new EnvelopeCodec(options as EnvelopeCodecOptions);
  const { codec, ...others } = given;
  if (typeof codec !== 'object' || codec === null || !isEnvelopeCodec(codec)) {
    throw new ConfigurationError(
      'EnvelopePlugin: codec must be an EnvelopeCodec. Leave it out to have one made of options.',
    );
  }
  const [surplus] = Object.keys(others);
  if (surplus !== undefined) {
    throw new ConfigurationError(
      `EnvelopePlugin: ${JSON.stringify(surplus)} has no effect beside codec. Give it to the EnvelopeCodec itself.`,
    );
  }
  return codec;
}
