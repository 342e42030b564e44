import { ConfigurationError } from '@waxseal/core';
import { assertKnownOptions } from '@waxseal/core/internal';
import type { CompressionFormat } from './compression-format';

/** Options of a `ZlibCodec` and of a `ZstdCodec`. */
export interface CompressionOptions {
  /**
   * Payloads of fewer bytes stay as they are, or are only padded where `padding` asks for it. Bytes of the
   * serialized payload, metadata included. `Infinity` compresses none, and reads: the first stage of a
   * rollout.
   *
   * @default 256; 0 for zstd with padding
   */
  readonly threshold?: number | undefined;
  /**
   * How much work is put into it. zlib: from 0, which does not compress, to 9; zstd: from 1 to 19.
   *
   * @default 6 for zlib, 3 for zstd
   */
  readonly level?: number | undefined;
  /**
   * Whether payloads from `threshold` on are kept compressed even where that makes them no smaller, as
   * `AlwaysEncode` of the Go SDK does.
   *
   * @default false
   */
  readonly alwaysEncode?: boolean | undefined;
  /**
   * `'padme'` packs every payload and fills it up to a size class, at most 12 % larger from 256 bytes on, so
   * that the length of what is encrypted tells less of what was compressed. Decoders need not know of it.
   *
   * @default false
   */
  readonly padding?: 'padme' | false | undefined;
  /**
   * Most bytes that one payload may have, serialized. A larger one is not compressed, and none is
   * decompressed any further.
   *
   * @default 32 MiB
   */
  readonly maxDecompressedBytes?: number | undefined;
  /**
   * Bytes that the payloads of one call may be decompressed to together, and those of all calls of one
   * request to a Codec Server.
   *
   * @default 64 MiB
   */
  readonly maxDecodeBytes?: number | undefined;
}

/** {@link CompressionOptions}, checked and with nothing left out. */
export interface CompressionSettings {
  readonly threshold: number;
  readonly level: number;
  readonly alwaysEncode: boolean;
  readonly padding: 'padme' | false;
  readonly maxDecompressedBytes: number;
  readonly maxDecodeBytes: number;
}

const OPTIONS: ReadonlySet<string> = new Set([
  'threshold',
  'level',
  'alwaysEncode',
  'padding',
  'maxDecompressedBytes',
  'maxDecodeBytes',
]);

const MIB = 1024 * 1024;
const MOST_BYTES = 1024 * MIB;
const DEFAULT_THRESHOLD = 256;

/** @throws ConfigurationError that names the option which is misspelt, wrong, or contradicts another */
export function compressionSettings(
  options: CompressionOptions,
  format: CompressionFormat,
): CompressionSettings {
  const { codecName, levels } = format;
  // Callers from JavaScript can hand over anything.
  const given: Readonly<Record<string, unknown>> = { ...options };
  assertKnownOptions(given, OPTIONS, (name) => `${codecName}: ${JSON.stringify(name)}`);
  const { padding = false, alwaysEncode = padding !== false } = given;
  if (padding !== false && padding !== 'padme') {
    throw new ConfigurationError(`${codecName}: padding must be 'padme' or false.`);
  }
  if (typeof alwaysEncode !== 'boolean') {
    throw new ConfigurationError(`${codecName}: alwaysEncode must be true or false.`);
  }
  if (padding !== false && !alwaysEncode) {
    throw new ConfigurationError(
      `${codecName}: padding packs every payload, so alwaysEncode: false contradicts it. Remove one of the two.`,
    );
  }
  const whole = (name: string, value: unknown, least: number, most: number): number => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    throw new ConfigurationError(
      `${codecName}: ${name} must be a whole number from ${String(least)} to ${String(most)}.`,
    );
  };
  const canOnlyPad = levels.store !== undefined;
  const { threshold = padding !== false && !canOnlyPad ? 0 : DEFAULT_THRESHOLD } = given;
  if (padding !== false && (threshold === Infinity || (threshold !== 0 && !canOnlyPad))) {
    throw new ConfigurationError(
      threshold === Infinity
        ? `${codecName}: threshold: Infinity leaves payloads as they are, and padding packs every one. Remove one of the two.`
        : `${codecName}: threshold must be 0 beside padding, since zstd has no level that pads alone. Take a ZlibCodec to have one.`,
    );
  }
  const maxDecompressedBytes = whole(
    'maxDecompressedBytes',
    given['maxDecompressedBytes'] ?? 32 * MIB,
    1,
    MOST_BYTES,
  );
  return {
    threshold: threshold === Infinity ? Infinity : whole('threshold', threshold, 0, MOST_BYTES),
    level: whole('level', given['level'] ?? levels.fallback, levels.least, levels.most),
    alwaysEncode,
    padding,
    maxDecompressedBytes,
    maxDecodeBytes: whole(
      'maxDecodeBytes',
      given['maxDecodeBytes'] ?? Math.max(64 * MIB, maxDecompressedBytes),
      maxDecompressedBytes,
      MOST_BYTES,
    ),
  };
}
