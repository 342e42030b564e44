import type { CompressionOptions } from './compression-options';
import { CompressingCodec } from './compressing-codec';
import { ZLIB } from './zlib-format';

/**
 * A Temporal `PayloadCodec` that compresses by zlib, and reads and writes `binary/zlib` as `NewZlibCodec` of
 * the Go SDK and `ZlibPayloadCodec` of the Java SDK do.
 *
 * It stands first in `payloadCodecs`, before what encrypts.
 */
export class ZlibCodec extends CompressingCodec {
  /** @throws ConfigurationError that names the option */
  constructor(options: CompressionOptions = {}) {
    super(ZLIB, options);
  }
}
