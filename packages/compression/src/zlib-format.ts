import { deflate, deflateSync, inflate, inflateSync } from 'node:zlib';
import { CompressionError } from './compression-error';
import { type CompressionFormat, PIECE_BYTES, promised, type WithEngine } from './compression-format';

/** `metadata.encoding` of what the zlib codecs of Temporal's Go and Java SDKs write. */
export const ZLIB_ENCODING = 'binary/zlib';

/** Bytes before the first block (RFC 1950 §2.2). */
const HEADER_BYTES = 2;

/** Most bytes that one byte of deflate stands for: a match of 258 bytes in two bits. */
const MOST_RATIO = 1_032;

/** The zlib format (RFC 1950), with Adler-32 at its end. */
export const ZLIB: CompressionFormat = {
  encoding: ZLIB_ENCODING,
  codecName: 'ZlibCodec',
  levels: { least: 0, most: 9, fallback: 6, store: 0 },
  compressSync: (bytes, level) => deflateSync(bytes, { level }),
  compress: (bytes, level) =>
    promised((done) => {
      deflate(bytes, { level, chunkSize: PIECE_BYTES }, done);
    }),
  mostOutput: (data) => data.length * MOST_RATIO,
  decompressSync: (data, most) =>
    whole(data, inflateSync(data, { info: true, maxOutputLength: most }) as unknown as WithEngine),
  decompress: async (data, most) => {
    const options = { info: true, maxOutputLength: most, chunkSize: PIECE_BYTES };
    const output = await promised<Uint8Array>((done) => {
      inflate(data, options, done);
    });
    return whole(data, output as unknown as WithEngine);
  },
  canFill: (bytes) => bytes === 0 || bytes % 5 <= 2 * Math.floor(bytes / 5),
  fill: (data, bytes) =>
    Buffer.concat([data.subarray(0, HEADER_BYTES), filler(bytes), data.subarray(HEADER_BYTES)]),
};

/** @throws CompressionError where something stands behind the stream */
function whole(data: Uint8Array, { buffer, engine }: WithEngine): Uint8Array {
  if (engine.bytesWritten !== data.length) throw new CompressionError('damaged', ZLIB_ENCODING);
  return buffer;
}

/**
 * Blocks of deflate that hold nothing and end at a byte, of 5, 6 and 7 bytes: a stored block (RFC 1951
 * §3.2.4, as a sync flush writes it), alone or behind one or two that hold the end-of-block code of the fixed
 * code alone (§3.2.6).
 */
const EMPTY_BLOCKS = ['000000ffff', '02000000ffff', '0208000000ffff'].map((hex) => Buffer.from(hex, 'hex'));

/** So many bytes of empty blocks. They stand before all others, where a stream is at a byte. */
function filler(bytes: number): Uint8Array {
  const filled = Buffer.alloc(bytes);
  let longer = bytes % 5;
  for (let at = 0; at < bytes;) {
    const extra = Math.min(longer, EMPTY_BLOCKS.length - 1);
    at += EMPTY_BLOCKS[extra]?.copy(filled, at) ?? bytes;
    longer -= extra;
  }
  return filled;
}
