import type { PayloadCodec } from '@temporalio/common';
import type { CompressionOptions } from '@waxseal/compression';
import { ConfigurationError } from '@waxseal/core';
import { stageOf } from '@waxseal/core/internal';
import type { Environment } from '@waxseal/core/provider';
import { atField } from './at-field';
import { importOptional } from './import-optional';
import { valueOf } from './variables';

const COMPRESSION = 'WAXSEAL_COMPRESSION';

/**
 * Formats by which payloads are compressed; `read` compresses none, and reads all: the first stage of a
 * rollout, and the last one of a way back.
 */
export type CompressionFormatName = 'zlib' | 'zstd' | 'read';

/** How payloads are compressed: the options of a `ZlibCodec` or of a `ZstdCodec`, and which of them it is. */
export interface CompressionConfig extends CompressionOptions {
  /**
   * `zlib`, which the Go and Java SDKs read too; `zstd`, for Node.js 22.15 or later; or `read`, with no
   * options but the two limits.
   */
  readonly format: CompressionFormatName;
}

/**
 * The codecs that compress, as a configuration asks for them by `compression` of its file or by the variable.
 * They stand before all others.
 *
 * @param codecs the others
 * @param where the file, for messages
 * @returns first the one that writes, if any, then one that reads the other format, where this Node.js has
 *   it; none where none are asked for
 * @throws ConfigurationError that names the file or the variable
 */
export async function compressionOf(
  inFile: CompressionFormatName | CompressionConfig | undefined,
  environment: Environment,
  where: string,
  codecs: readonly PayloadCodec[],
): Promise<readonly PayloadCodec[]> {
  const variable = variableOf(environment);
  const ofFile = typeof inFile === 'string' ? { format: inFile } : inFile;
  if (variable === 'none' || (variable === undefined && ofFile === undefined)) return [];
  const field = variable === undefined ? `${where}: compression` : COMPRESSION;
  const own = codecs.find((codec) => stageOf(codec) === 'compress');
  if (own !== undefined) {
    throw new ConfigurationError(
      `${field}: codecs has a ${own.constructor.name} already, and payloads are compressed once. Remove one of the two.`,
    );
  }
  const { format, options } = chosen(variable, ofFile);
  const ofWriting = Object.keys(options).find((name) => !LIMITS.has(name));
  if (format === 'read' && variable === undefined && ofWriting !== undefined) {
    throw new ConfigurationError(`${field}: ${ofWriting} has no effect beside format "read". Remove it.`);
  }
  const { hasZstd, ZlibCodec, ZstdCodec } = await importOptional(
    `What ${field} asks for`,
    ['@waxseal/compression'],
    () => import('@waxseal/compression'),
  );
  const { maxDecompressedBytes, maxDecodeBytes } = options;
  const reading = { threshold: Infinity, maxDecompressedBytes, maxDecodeBytes };
  return atField(field, () => {
    if (format === 'read') return [new ZlibCodec(reading), ...(hasZstd() ? [new ZstdCodec(reading)] : [])];
    if (format === 'zstd') return [new ZstdCodec(options), new ZlibCodec(reading)];
    return [new ZlibCodec(options), ...(hasZstd() ? [new ZstdCodec(reading)] : [])];
  });
}

/** Options that reading has too. */
const LIMITS: ReadonlySet<string> = new Set(['maxDecompressedBytes', 'maxDecodeBytes']);

function variableOf(environment: Environment): CompressionFormatName | 'none' | undefined {
  const value = valueOf(environment, COMPRESSION);
  if (value === undefined || value === 'none' || isFormat(value)) return value;
  throw new ConfigurationError(`${COMPRESSION} must be zlib, zstd, read or none (docs/compression.md).`);
}

/** Whether it is the name of a format. */
export function isFormat(value: unknown): value is CompressionFormatName {
  return value === 'zlib' || value === 'zstd' || value === 'read';
}

/** The variable's format with the file's options; without its level, which is another format's. */
function chosen(
  variable: CompressionFormatName | undefined,
  ofFile: CompressionConfig | { readonly format: CompressionFormatName } | undefined,
): { readonly format: CompressionFormatName; readonly options: CompressionOptions } {
  const { format: inFile, ...options }: CompressionConfig = { format: 'zlib', ...ofFile };
  const format = variable ?? inFile;
  return { format, options: format === inFile ? options : { ...options, level: undefined } };
}
