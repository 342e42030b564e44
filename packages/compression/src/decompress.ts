import type { Payload } from '@temporalio/common';
import { bytesOf } from '@waxseal/core/internal';
import { asCompressionError, CompressionError } from './compression-error';
import type { CompressionFormat } from './compression-format';
import type { DecodeBudget } from './decode-budget';
import { parseInner } from './inner-payload';
import { THREAD_SLOTS } from './thread-slots';

/** Compressed bytes up to which it is tried at once: a thread costs more. */
const SYNC_INPUT_BYTES = 16 * 1024;
/** Bytes that come of it up to which that is enough. */
const SYNC_OUTPUT_BYTES = 64 * 1024;

/** Whether a payload says that it is in a format. */
export function isIn({ encoding }: CompressionFormat, { metadata }: Payload): boolean {
  const own = metadata?.['encoding'];
  return own != null && own.length === encoding.length && Buffer.from(own).toString('latin1') === encoding;
}

/**
 * What a compressed payload holds. Nothing in it is decompressed again.
 *
 * @param most bytes that it may have, serialized
 * @param budget is told of what was made
 * @param signal ends the wait for a thread
 * @throws CompressionError, and the reason of `signal`
 */
export async function decompressPayload(
  format: CompressionFormat,
  { data }: Payload,
  most: number,
  budget: DecodeBudget,
  signal?: AbortSignal,
): Promise<Payload> {
  const bytes = bytesOf(data);
  const possible = format.mostOutput(bytes);
  const small = Math.min(SYNC_OUTPUT_BYTES, most, budget.leftBytes);
  if (small > 0 && bytes.length <= SYNC_INPUT_BYTES) {
    const output = trySync(format, bytes, small);
    if (output !== undefined) {
      budget.spend(output.length, format.encoding);
      return parseInner(output, format.encoding);
    }
  }
  const output = await THREAD_SLOTS.run(async () => {
    const limit = Math.min(most, budget.leftBytes);
    if (limit === 0) throw new CompressionError('too-large', format.encoding);
    try {
      return await format.decompress(bytes, limit);
    } catch (error) {
      // How far it came is not told.
      budget.spend(Math.min(limit, possible), format.encoding);
      throw asCompressionError(error, format.encoding);
    }
  }, signal);
  budget.spend(output.length, format.encoding);
  return parseInner(output, format.encoding);
}

/**
 * @returns `undefined` where more comes of it
 * @throws CompressionError
 */
function trySync(format: CompressionFormat, bytes: Uint8Array, most: number): Uint8Array | undefined {
  try {
    return format.decompressSync(bytes, most);
  } catch (error) {
    const failure = asCompressionError(error, format.encoding);
    if (failure instanceof CompressionError && failure.reason === 'too-large') return undefined;
    throw failure;
  }
}

/**
 * What a compressed payload holds, at once. For tools that look at payloads: it holds the event loop.
 *
 * @param most bytes that it may have, serialized
 * @throws CompressionError
 */
export function decompressPayloadSync(format: CompressionFormat, { data }: Payload, most: number): Payload {
  let output: Uint8Array;
  try {
    const bytes = bytesOf(data);
    format.mostOutput(bytes);
    output = format.decompressSync(bytes, most);
  } catch (error) {
    throw asCompressionError(error, format.encoding);
  }
  return parseInner(output, format.encoding);
}
