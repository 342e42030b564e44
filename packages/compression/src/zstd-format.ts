import * as zlib from 'node:zlib';
import { type CompressionFormat, PIECE_BYTES, promised } from './compression-format';
import { findFrame, SKIPPABLE_HEADER_BYTES, skippableFrame, ZSTD_ENCODING } from './zstd-frame';

/** What Node.js has of zstd from 22.15 and 23.8 on, which the types of Node.js 20 do not know. */
interface Zstd {
  zstdCompressSync(bytes: Uint8Array, options: ZstdOptions): Uint8Array;
  zstdDecompressSync(data: Uint8Array, options: ZstdOptions): Uint8Array;
  zstdCompress(bytes: Uint8Array, options: ZstdOptions, done: Done): void;
  zstdDecompress(data: Uint8Array, options: ZstdOptions, done: Done): void;
  readonly constants: Readonly<
    Record<'ZSTD_c_compressionLevel' | 'ZSTD_c_checksumFlag' | 'ZSTD_d_windowLogMax', number>
  >;
}

type Done = (error: Error | null, result: Uint8Array) => void;

interface ZstdOptions {
  readonly params: Readonly<Record<number, number>>;
  readonly pledgedSrcSize?: number;
  readonly maxOutputLength?: number;
  readonly chunkSize?: number;
}

/** Every decoder should take windows of 8 MiB (RFC 8878 §3.1.1.1.2): levels end where larger ones begin. */
const LEAST_WINDOW_LOG = 23;
const MOST_LEVEL = 19;

/** Whether this Node.js has zstd. */
export function hasZstd(): boolean {
  return 'zstdCompressSync' in zlib;
}

/** The Zstandard format (RFC 8878), one frame with its checksum. To be used where {@link hasZstd}. */
export const ZSTD: CompressionFormat = {
  encoding: ZSTD_ENCODING,
  codecName: 'ZstdCodec',
  levels: { least: 1, most: MOST_LEVEL, fallback: 3, store: undefined },
  compressSync: (bytes, level) => zstd().zstdCompressSync(bytes, compression(bytes, level)),
  compress: (bytes, level) =>
    promised((done) => {
      zstd().zstdCompress(bytes, { ...compression(bytes, level), chunkSize: PIECE_BYTES }, done);
    }),
  mostOutput: (data) => findFrame(data).mostOutput,
  decompressSync: (data, most) => zstd().zstdDecompressSync(frameOf(data), decompression(most)),
  decompress: (data, most) =>
    promised((done) => {
      zstd().zstdDecompress(frameOf(data), { ...decompression(most), chunkSize: PIECE_BYTES }, done);
    }),
  canFill: (bytes) => bytes === 0 || bytes >= SKIPPABLE_HEADER_BYTES,
  fill: (data, bytes) => (bytes === 0 ? data : Buffer.concat([data, skippableFrame(bytes)])),
};

function zstd(): Zstd {
  return zlib as unknown as Zstd;
}

function compression(bytes: Uint8Array, level: number): ZstdOptions {
  const { ZSTD_c_compressionLevel, ZSTD_c_checksumFlag } = zstd().constants;
  return {
    params: { [ZSTD_c_compressionLevel]: level, [ZSTD_c_checksumFlag]: 1 },
    pledgedSrcSize: bytes.length,
  };
}

/** A window is memory that a frame asks for: none larger than what may come of it. */
function decompression(most: number): ZstdOptions {
  const windowLog = Math.max(LEAST_WINDOW_LOG, 32 - Math.clz32(Math.max(0, most - 1)));
  const params = { [zstd().constants.ZSTD_d_windowLogMax]: Math.min(windowLog, 31) };
  return { params, maxOutputLength: most };
}

function frameOf(data: Uint8Array): Uint8Array {
  const { start, end } = findFrame(data);
  return data.subarray(start, end);
}
