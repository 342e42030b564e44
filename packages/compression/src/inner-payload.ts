import type { Payload } from '@temporalio/common';
import { parsePayload } from '@waxseal/core/internal';
import { CompressionError } from './compression-error';

/**
 * Most fields of an inner payload: entries of its metadata, and parts that are kept elsewhere. Each is an
 * object in memory, of which 16 MiB in two bytes each would be gigabytes.
 */
export const MAX_FIELDS = 1_024;

/** Fields of `temporal.api.common.v1.Payload`: all are length-delimited. */
const LAST_FIELD = 3;

/**
 * Parses what was decompressed.
 *
 * @param bytes copied where they are a part of larger memory, which a view would keep alive: a piece of
 *   zlib's has 16 KiB
 * @param encoding of the format, for the error
 * @returns a payload whose bytes are views of one fresh buffer
 * @throws CompressionError `malformed` when it is no payload, or has too many fields
 */
export function parseInner(bytes: Uint8Array, encoding: string): Payload {
  if (!isMessage(bytes)) throw new CompressionError('malformed', encoding);
  try {
    return parsePayload(exact(bytes));
  } catch {
    throw new CompressionError('malformed', encoding);
  }
}

/** Bytes in memory as large as they are. */
function exact(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}

/**
 * Whether bytes are few whole fields of protobuf, those of a payload with their wire type
 * (https://protobuf.dev/programming-guides/encoding/#structure). Fields of a later version are passed over.
 */
function isMessage(bytes: Uint8Array): boolean {
  const reader: Reader = { bytes, at: 0 };
  for (let fields = 0; reader.at < bytes.length; fields++) {
    if (fields === MAX_FIELDS) return false;
    const tag = readVarint(reader);
    const [number, wireType] = [Math.floor(tag / 8), tag % 8];
    if (!(number >= 1) || (number <= LAST_FIELD && wireType !== 2)) return false;
    if (!skip(reader, wireType)) return false;
  }
  return true;
}

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
}

function skip(reader: Reader, wireType: number): boolean {
  if (wireType === 0) return !Number.isNaN(readVarint(reader));
  // Groups (3 and 4) went out with proto2, and can be nested.
  const length = wireType === 2 ? readVarint(reader) : wireType === 1 ? 8 : wireType === 5 ? 4 : Number.NaN;
  if (!(length <= reader.bytes.length - reader.at)) return false;
  reader.at += length;
  return true;
}

/** @returns `NaN` where there is none */
function readVarint(reader: Reader): number {
  let value = 0;
  for (let index = 0; index < 10; index++) {
    const byte = reader.bytes[reader.at];
    if (byte === undefined) return Number.NaN;
    reader.at += 1;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return value;
  }
  return Number.NaN;
}
