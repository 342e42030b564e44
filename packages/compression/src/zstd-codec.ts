import { ConfigurationError } from '@waxseal/core';
import type { CompressionOptions } from './compression-options';
import { CompressingCodec } from './compressing-codec';
import { hasZstd, ZSTD } from './zstd-format';

/**
 * A Temporal `PayloadCodec` that compresses by Zstandard, and reads and writes `binary/zstd`: smaller and
 * quicker than zlib, and no codec of Temporal's SDKs reads it. It needs a Node.js that has zstd: 22.15 or
 * later, 23.8 or later.
 *
 * It stands first in `payloadCodecs`, before what encrypts.
 */
export class ZstdCodec extends CompressingCodec {
  /** @throws ConfigurationError that names the option, and where this Node.js has no zstd */
  constructor(options: CompressionOptions = {}) {
    if (!hasZstd()) {
      throw new ConfigurationError(
        `ZstdCodec: Node.js ${process.versions.node} has no zstd. Run 22.15 or later, or 23.8 or later; or take a ZlibCodec.`,
      );
    }
    super(ZSTD, options);
  }
}
