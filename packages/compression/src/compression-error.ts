import {
  NEVER_RETRY,
  RETRY_AFTER_FIX,
  type TemporalTraits,
  WaxsealError,
  type WaxsealErrorOptions,
} from '@waxseal/core/internal';

/**
 * Why what a compressed payload holds cannot be had.
 *
 * | reason | meaning |
 * | --- | --- |
 * | `too-large` | it, or the payloads of one call together, are more than is allowed once decompressed |
 * | `damaged` | the data are no whole stream of their format: cut, changed, or followed by something else |
 * | `malformed` | what was decompressed is no payload |
 */
export type CompressionErrorReason = 'too-large' | 'damaged' | 'malformed';

const NEXT_STEP: Readonly<Record<CompressionErrorReason, string>> = {
  'too-large':
    'If the payload is yours, raise maxDecompressedBytes (of one payload) or maxDecodeBytes (of one call).',
  damaged: 'Restore the original payload from history; retrying will not help.',
  malformed: 'Restore the original payload from history; retrying will not help.',
};

const TRAITS: Readonly<Record<CompressionErrorReason, TemporalTraits>> = {
  'too-large': { type: 'WaxsealCompressionTooLarge', ...RETRY_AFTER_FIX },
  damaged: { type: 'WaxsealCompressionDamaged', ...NEVER_RETRY },
  malformed: { type: 'WaxsealCompressionMalformed', ...NEVER_RETRY },
};

/** A compressed payload cannot be had back. Never is it another one that is given in its place. */
export class CompressionError extends WaxsealError {
  override readonly name = 'CompressionError';
  readonly code = 'WAXSEAL_COMPRESSION';

  readonly reason: CompressionErrorReason;

  /** @param encoding `metadata.encoding` of the format, such as `binary/zlib` */
  constructor(reason: CompressionErrorReason, encoding: string, options?: WaxsealErrorOptions) {
    super(`A ${encoding} payload: ${reason}. ${NEXT_STEP[reason]}`, false, TRAITS[reason], options);
    this.reason = reason;
  }
}

const TOO_LARGE: ReadonlySet<string> = new Set([
  'ERR_BUFFER_TOO_LARGE',
  'ZSTD_error_frameParameter_windowTooLarge',
]);
const NO_MEMORY: ReadonlySet<string> = new Set(['Z_MEM_ERROR', 'ZSTD_error_memory_allocation']);

/**
 * What an error of `node:zlib` means for a payload. Lack of memory is not the payload's fault, and stays as
 * it is.
 */
export function asCompressionError(error: unknown, encoding: string): unknown {
  const { code } = { ...(error as { readonly code?: unknown } | null) };
  if (typeof code !== 'string' || NO_MEMORY.has(code)) return error;
  if (TOO_LARGE.has(code)) return new CompressionError('too-large', encoding);
  return /^(?:Z_|ZSTD_)/.test(code) ? new CompressionError('damaged', encoding, { cause: error }) : error;
}
