export { CompressingCodec } from './compressing-codec';
export { CompressionError, type CompressionErrorReason } from './compression-error';
export type { CompressionOptions } from './compression-options';
export { lookInside } from './look-inside';
export { ZlibCodec } from './zlib-codec';
export { ZLIB_ENCODING } from './zlib-format';
export { ZstdCodec } from './zstd-codec';
export { hasZstd } from './zstd-format';
export { ZSTD_ENCODING } from './zstd-frame';
