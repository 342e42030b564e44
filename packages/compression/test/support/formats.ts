import { type CompressingCodec, type CompressionOptions, hasZstd, ZlibCodec, ZstdCodec } from '../../src';

/** A codec class, by the name of its format. */
export type CodecClass = new (options?: CompressionOptions) => CompressingCodec;

if (!hasZstd()) {
  process.stderr.write(
    `zstd is tried by its structure alone: Node.js ${process.versions.node} has none. npm run test:nodes runs on others.\n`,
  );
}

/** The codecs that this Node.js has. */
export const CODECS: readonly (readonly [name: string, codec: CodecClass])[] = [
  ['zlib', ZlibCodec],
  ...(hasZstd() ? [['zstd', ZstdCodec] as const] : []),
];
