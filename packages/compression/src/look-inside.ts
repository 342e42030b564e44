import type { Payload } from '@temporalio/common';
import type { CompressionFormat } from './compression-format';
import { CompressionError } from './compression-error';
import { decompressPayloadSync, isIn } from './decompress';
import { ZLIB } from './zlib-format';
import { hasZstd, ZSTD } from './zstd-format';

/**
 * What a compressed payload holds, of any format that this Node.js reads. For tools that look at payloads,
 * and not for a Worker: it holds the event loop.
 *
 * @param maxDecompressedBytes most bytes that are made of it
 * @returns `undefined` where it is not compressed, or cannot be read within the bound
 */
export function lookInside(payload: Payload, maxDecompressedBytes: number): Payload | undefined {
  const format = formats().find((each) => isIn(each, payload));
  if (format === undefined) return undefined;
  try {
    return decompressPayloadSync(format, payload, maxDecompressedBytes);
  } catch (error) {
    if (error instanceof CompressionError) return undefined;
    throw error;
  }
}

function formats(): readonly CompressionFormat[] {
  return hasZstd() ? [ZLIB, ZSTD] : [ZLIB];
}
