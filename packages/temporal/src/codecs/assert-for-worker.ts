import type { PayloadCodec } from '@temporalio/common';
import { ConfigurationError, TolerantCodec } from '@waxseal/core';

import { isCodecChain } from './is-codec-chain';

/** @throws ConfigurationError when one of the codecs would hand a workflow a text in the place of its data */
export function assertForWorker(codecs: readonly PayloadCodec[]): void {
  for (const codec of codecs) {
    if (isCodecChain(codec)) assertForWorker(codec.codecs);
    if (codec instanceof TolerantCodec) {
      throw new ConfigurationError(
        'A tolerant codec is for clients that list workflows: a Worker would take its placeholders for data. Give the Worker the EnvelopeCodec itself.',
      );
    }
  }
}
