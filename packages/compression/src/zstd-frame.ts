import { CompressionError } from './compression-error';

/** `metadata.encoding` of payloads that are one Zstandard frame. */
export const ZSTD_ENCODING = 'binary/zstd';

const MAGIC = 0xfd2fb528;
const MOST_BLOCK_BYTES = 128 * 1024;
/** Types of blocks (RFC 8878 §3.1.1.2.2). */
const RAW = 0;
const RLE = 1;
const RESERVED = 3;

/** Skippable frames (RFC 8878 §3.1.2) begin with any of 16 numbers. */
const SKIPPABLE = 0x184d2a5;
/** Bytes of an empty one. */
export const SKIPPABLE_HEADER_BYTES = 8;

/** Where the frame with the data lies, as far as its structure tells. */
export interface ZstdFrame {
  readonly start: number;
  /** The byte behind it, its checksum included. */
  readonly end: number;
  /** Most bytes that it can be decompressed to. */
  readonly mostOutput: number;
}

/**
 * Looks at the structure of Zstandard data (RFC 8878 §3.1): one frame, whole, with skippable ones around it
 * and nothing else. `node:zlib` reads the first frame alone, and Node.js 22 takes one that is cut for whole.
 *
 * @throws CompressionError `damaged` where they are anything else
 */
export function findFrame(data: Uint8Array): ZstdFrame {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  try {
    let found: ZstdFrame | undefined;
    for (let at = 0; at < data.length;) {
      const magic = view.getUint32(at, true);
      if (magic >>> 4 === SKIPPABLE) {
        at += SKIPPABLE_HEADER_BYTES + view.getUint32(at + 4, true);
        if (at > data.length) throw damaged();
        continue;
      }
      if (magic !== MAGIC || found !== undefined) throw damaged();
      found = frameAt(view, at);
      at = found.end;
    }
    if (found !== undefined) return found;
  } catch (error) {
    // What lies behind the end is asked for.
    if (!isOutOfRange(error)) throw error;
  }
  throw damaged();
}

/** A frame that is skipped, of so many bytes in all, eight or more. */
export function skippableFrame(bytes: number): Uint8Array {
  const frame = Buffer.alloc(bytes);
  frame.writeUInt32LE(SKIPPABLE * 16 + 0xe, 0);
  frame.writeUInt32LE(bytes - SKIPPABLE_HEADER_BYTES, 4);
  return frame;
}

function frameAt(view: DataView, start: number): ZstdFrame {
  const descriptor = view.getUint8(start + 4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const hasChecksum = (descriptor & 0x04) !== 0;
  const dictionaryIdBytes = [0, 1, 2, 4][descriptor & 0x03] ?? 0;
  const contentSizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >>> 6] ?? 0;
  let at = start + 5 + (isSingleSegment ? 0 : 1) + dictionaryIdBytes + contentSizeBytes;
  let mostOutput = 0;
  for (let isLast = false; !isLast;) {
    const header = view.getUint16(at, true) + view.getUint8(at + 2) * 0x10000;
    const [type, size] = [(header >>> 1) & 0x03, header >>> 3];
    if (type === RESERVED) throw damaged();
    isLast = (header & 1) === 1;
    at += 3 + (type === RLE ? 1 : size);
    mostOutput += type === RAW || type === RLE ? size : MOST_BLOCK_BYTES;
  }
  const end = at + (hasChecksum ? 4 : 0);
  if (end > view.byteLength) throw damaged();
  return { start, end, mostOutput };
}

// In a test's realm, a RangeError is not an instance of this one.
function isOutOfRange(error: unknown): boolean {
  return (error as { readonly name?: unknown } | null)?.name === 'RangeError';
}

function damaged(): CompressionError {
  return new CompressionError('damaged', ZSTD_ENCODING);
}
