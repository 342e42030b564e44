import { inspect } from 'node:util';
import type { Payload, SerializationContext } from '@temporalio/common';
import type { DecodeRequest } from '@waxseal/core';
import { failurePartOf, markFailurePayload, unmarkFailurePayload } from '@waxseal/core/failure-payload';
import {
  CODEC_STAGE,
  byteLength,
  decodeRequestOf,
  isPauseDue,
  markAs,
  pause,
  serializePayload,
  type StagedCodec,
} from '@waxseal/core/internal';
import type { CompressionFormat } from './compression-format';
import {
  type CompressionOptions,
  compressionSettings,
  type CompressionSettings,
} from './compression-options';
import { DecodeBudget } from './decode-budget';
import { decompressPayload, isIn } from './decompress';
import { paddedSize } from './padme';
import { THREAD_SLOTS } from './thread-slots';

/** Bytes up to which they are compressed at once: a thread costs more, and others wait no longer for less. */
const SYNC_BYTES = 16 * 1024;

/** A piece of work for `isPauseDue` is some ten microseconds: so many bytes are compressed in them. */
const BYTES_A_PIECE = 1_024;

/** What `ZlibCodec` and `ZstdCodec` have in common. Applications make one of these. */
export abstract class CompressingCodec implements StagedCodec {
  /** @internal */
  readonly [CODEC_STAGE] = 'compress';

  readonly #format: CompressionFormat;
  readonly #settings: CompressionSettings;
  readonly #canFill: (bytes: number) => boolean;
  /** What the calls of one request have in common. */
  readonly #budgets = new WeakMap<DecodeRequest, DecodeBudget>();

  /** @throws ConfigurationError that names the option */
  protected constructor(format: CompressionFormat, options: CompressionOptions) {
    this.#format = format;
    this.#settings = compressionSettings(options, format);
    this.#canFill = (bytes) => format.canFill(bytes);
  }

  /**
   * Puts a compressed payload in the place of each that becomes smaller: the whole of it, serialized and
   * compressed. Marks for the codecs behind it stay on the outside.
   *
   * @returns as many payloads, in the same order; the same ones where they stay as they are
   */
  async encode(payloads: Payload[], _context?: SerializationContext): Promise<Payload[]> {
    const { threshold, maxDecompressedBytes, maxDecodeBytes } = this.#settings;
    if (threshold === Infinity) return [...payloads];
    const encoded: Payload[] = [];
    let total = 0;
    for (const payload of payloads) {
      while (isPauseDue()) await pause();
      const part = failurePartOf(payload);
      const pieces = serializePayload(part === undefined ? payload : unmarkFailurePayload(payload));
      const size = byteLength(pieces);
      // What decoding would refuse must not be written; it is for Temporal to say that it is too large.
      const isReadable = size <= maxDecompressedBytes && total + size <= maxDecodeBytes;
      const data = isReadable ? await this.#packed(payload, pieces, size) : undefined;
      if (data === undefined) {
        encoded.push(payload);
        continue;
      }
      total += size;
      const packed = markAs({ metadata: { encoding: ascii(this.#format.encoding) }, data }, payload);
      encoded.push(part === undefined ? packed : markFailurePayload(packed, part));
    }
    return encoded;
  }

  /** @returns `undefined` where a payload stays as it is */
  async #packed(
    payload: Payload,
    pieces: readonly Uint8Array[],
    size: number,
  ): Promise<Uint8Array | undefined> {
    const { threshold, level, alwaysEncode, padding } = this.#settings;
    // One that says to be compressed already would be decompressed once too often.
    const isOwn = isIn(this.#format, payload);
    if (size < threshold && padding === false && !isOwn) return undefined;
    const store = size < threshold ? this.#format.levels.store : undefined;
    const data = await this.#compressed(pieces, size, store ?? level);
    if (padding !== false) return exact(this.#format.fill(data, this.#missing(data.length)));
    return data.length < size || alwaysEncode || isOwn ? exact(data) : undefined;
  }

  async #compressed(pieces: readonly Uint8Array[], size: number, level: number): Promise<Uint8Array> {
    const [only] = pieces;
    const bytes = only !== undefined && pieces.length === 1 ? only : Buffer.concat(pieces);
    if (size > SYNC_BYTES) return THREAD_SLOTS.run(() => this.#format.compress(bytes, level));
    while (isPauseDue(size / BYTES_A_PIECE)) await pause();
    return this.#format.compressSync(bytes, level);
  }

  #missing(length: number): number {
    return paddedSize(length, this.#canFill) - length;
  }

  /**
   * Gives what compressed payloads hold, and any other as it is. What is within is not looked at again.
   *
   * @returns as many payloads, in the same order
   * @param given who asks, and until when; Temporal's SDK gives none
   * @throws CompressionError when a payload is damaged, no payload, or too large
   */
  async decode(
    payloads: Payload[],
    _context?: SerializationContext,
    given?: DecodeRequest,
  ): Promise<Payload[]> {
    const request = decodeRequestOf(given);
    const budget = this.#budgetOf(request);
    const decoded: Payload[] = [];
    for (const payload of payloads) {
      if (!isIn(this.#format, payload)) {
        decoded.push(payload);
        continue;
      }
      while (isPauseDue((payload.data?.length ?? 0) / BYTES_A_PIECE)) await pause();
      request.signal?.throwIfAborted();
      const most = this.#settings.maxDecompressedBytes;
      decoded.push(await decompressPayload(this.#format, payload, most, budget, request.signal));
    }
    return decoded;
  }

  #budgetOf(request: DecodeRequest): DecodeBudget {
    const known = this.#budgets.get(request);
    if (known !== undefined) return known;
    const budget = new DecodeBudget(this.#settings.maxDecodeBytes);
    this.#budgets.set(request, budget);
    return budget;
  }

  /** Settings only. */
  toJSON(): object {
    // JSON has no Infinity.
    const threshold = this.#settings.threshold === Infinity ? 'Infinity' : this.#settings.threshold;
    return { encoding: this.#format.encoding, ...this.#settings, threshold };
  }

  [inspect.custom](): string {
    return `${this.#format.codecName} ${inspect(this.toJSON())}`;
  }
}

function ascii(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'ascii'));
}

/** Bytes as a plain `Uint8Array`, of a memory of their own: a slice would keep a whole piece of it alive. */
function exact(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}
