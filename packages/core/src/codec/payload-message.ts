import { isUint8Array } from 'node:util/types';
import type { Payload } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { asBuffer, byteLength, viewOf } from '../base/bytes';
import { DecryptionError } from '../base/errors';

const { Payload: PayloadMessage } = temporal.api.common.v1;

/** From this size on, `data` is not copied into the protobuf message but sealed where it lies. */
const IN_PLACE_BYTES = 4096;

/** Tags of `Payload.metadata`, of its entries' `key` and `value`, and of `Payload.data`. */
const METADATA = 0x0a;
const KEY = 0x0a;
const VALUE = 0x12;
const DATA = 0x12;

/**
 * The protobuf of a payload, in pieces that make up the message when they are put together.
 *
 * Large `data` is a piece of its own, not copied: protobuf messages may be concatenated field by field
 * (https://protobuf.dev/programming-guides/encoding/#last-one-wins).
 */
export function serializePayload(payload: Payload): Uint8Array[] {
  return new PayloadMessageWriter(payload).write();
}

/** The protobuf message of a payload: measured when it is made, and written once. */
export class PayloadMessageWriter {
  readonly #metadata: Payload['metadata'];
  readonly #names: readonly string[];
  readonly #data: Uint8Array | undefined;
  /** By protobufjs, where it is no payload as nearly all are. */
  readonly #written: Uint8Array[] | undefined;
  readonly #isInPlace: boolean;
  /** Bytes of the message. */
  readonly length: number;

  constructor(payload: Payload) {
    const { metadata } = payload;
    // What a message of protobufjs inherits is not there, and what is empty is not written.
    const data = Object.hasOwn(payload, 'data') && payload.data?.length !== 0 ? payload.data : undefined;
    const names = metadata == null ? [] : Object.keys(metadata);
    const length = plainLength(payload, names, data);
    this.#metadata = metadata;
    this.#names = names;
    this.#data = data ?? undefined;
    this.#isInPlace = (data?.length ?? 0) >= IN_PLACE_BYTES;
    this.#written = length === undefined ? writtenByProtobufjs(payload, data) : undefined;
    this.length = length ?? byteLength(this.#written ?? []);
  }

  /** Whether `write` fills memory that is as long as the message, and leaves no piece where it lies. */
  get isCopied(): boolean {
    return this.#written === undefined && !this.#isInPlace;
  }

  /**
   * @param memory to write to, where {@link isCopied}; fresh memory where it is left out
   * @returns the pieces of the message
   */
  write(memory?: Buffer): Uint8Array[] {
    if (this.#written !== undefined) return this.#written;
    const metadata = this.#metadata;
    const data = this.#data;
    const isInPlace = this.#isInPlace;
    const bytes = memory ?? Buffer.allocUnsafe(isInPlace ? this.length - (data?.length ?? 0) : this.length);
    let offset = 0;
    for (const name of this.#names) {
      const value = metadata?.[name] as Uint8Array;
      bytes[offset++] = METADATA;
      offset = writeLength(bytes, offset, entryLength(name, value));
      bytes[offset++] = KEY;
      bytes[offset++] = name.length;
      for (let index = 0; index < name.length; index++) bytes[offset++] = name.charCodeAt(index);
      bytes[offset++] = VALUE;
      offset = writeLength(bytes, offset, value.length);
      bytes.set(value, offset);
      offset += value.length;
    }
    if (data == null) return [bytes];
    bytes[offset++] = DATA;
    offset = writeLength(bytes, offset, data.length);
    if (isInPlace) return [bytes, data];
    bytes.set(data, offset);
    return [bytes];
  }
}

function writtenByProtobufjs(payload: Payload, data: Payload['data']): Uint8Array[] {
  if (data == null || data.length < IN_PLACE_BYTES) return [PayloadMessage.encode(payload).finish()];
  const rest = PayloadMessage.encode({ ...payload, data: null }).finish();
  return [rest, lengthDelimited(data.length), data];
}

/**
 * How long the message is of a payload as nearly all are: bytes under short names of ASCII; `undefined` for
 * one that is left to protobufjs.
 */
function plainLength(payload: Payload, names: readonly string[], data: Payload['data']): number | undefined {
  const { metadata, externalPayloads } = payload;
  // protobufjs keeps there what it does not know.
  if ((externalPayloads?.length ?? 0) > 0 || Object.hasOwn(payload, '$unknowns')) return undefined;
  let length = 0;
  for (const name of names) {
    const value: unknown = metadata?.[name];
    if (!isUint8Array(value) || !isShortAscii(name)) return undefined;
    const entry = entryLength(name, value);
    length += 1 + lengthLength(entry) + entry;
  }
  if (data == null) return length;
  return isUint8Array(data) ? length + 1 + lengthLength(data.length) + data.length : undefined;
}

function entryLength(name: string, value: Uint8Array): number {
  return 2 + name.length + 1 + lengthLength(value.length) + value.length;
}

function isShortAscii(name: string): boolean {
  if (name.length > 0x7f) return false;
  for (let index = 0; index < name.length; index++) if (name.charCodeAt(index) > 0x7f) return false;
  return true;
}

/** Bytes of a varint. */
function lengthLength(length: number): number {
  return length < 0x80 ? 1 : length < 0x4000 ? 2 : length < 0x200000 ? 3 : length < 0x10000000 ? 4 : 5;
}

/** @returns the offset behind the varint */
function writeLength(bytes: Uint8Array, offset: number, length: number): number {
  let left = length;
  let at = offset;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes[at++] = (left % 0x80) | 0x80;
  bytes[at++] = left;
  return at;
}

function lengthDelimited(length: number): Uint8Array {
  const bytes = new Uint8Array(1 + lengthLength(length));
  bytes[0] = DATA;
  writeLength(bytes, 1, length);
  return bytes;
}

/**
 * Parses the plaintext of an envelope.
 *
 * @param plaintext in memory that nothing else uses; it becomes the payload's
 * @returns a payload whose bytes are views of `plaintext`'s memory, which the payload alone has
 * @throws DecryptionError when the plaintext is no payload
 */
export function parsePayload(plaintext: Uint8Array): Payload {
  return parsePlain(plaintext) ?? parseAny(plaintext);
}

/**
 * A payload as nearly all are: entries of metadata that are written once and in order, then `data`;
 * `undefined` for one that is left to protobufjs, as all that is malformed.
 */
function parsePlain(bytes: Uint8Array): Payload | undefined {
  const metadata: Record<string, Uint8Array> = {};
  const end = bytes.length;
  let offset = 0;
  while (offset < end && bytes[offset] === METADATA) {
    const entry = readLength(bytes, offset + 1);
    const start = offset + 1 + lengthLength(entry);
    const entryEnd = start + entry;
    const nameLength = bytes[start + 1] as number;
    const nameEnd = start + 2 + nameLength;
    if (entryEnd > end || bytes[start] !== KEY || nameLength > 0x7f || bytes[nameEnd] !== VALUE)
      return undefined;
    const name = readName(bytes, start + 2, nameEnd);
    if (name === undefined) return undefined;
    const value = readLength(bytes, nameEnd + 1);
    const valueStart = nameEnd + 1 + lengthLength(value);
    if (valueStart + value !== entryEnd || name === '__proto__' || Object.hasOwn(metadata, name))
      return undefined;
    metadata[name] = viewOf(bytes, valueStart, value);
    offset = entryEnd;
  }
  if (offset === end) return { metadata, data: new Uint8Array() };
  const length = readLength(bytes, offset + 1);
  const start = offset + 1 + lengthLength(length);
  if (bytes[offset] !== DATA || start + length !== end) return undefined;
  return { metadata, data: viewOf(bytes, start, length) };
}

/** The name that all payloads have, which takes as long as the rest to be made anew each time. */
const ENCODING = 'encoding';

/** A name of ASCII; `undefined` for another. */
function readName(bytes: Uint8Array, start: number, end: number): string | undefined {
  let isEncoding = end - start === ENCODING.length;
  for (let index = start; index < end; index++) {
    const code = bytes[index] as number;
    if (code > 0x7f) return undefined;
    isEncoding &&= code === ENCODING.charCodeAt(index - start);
  }
  return isEncoding ? ENCODING : asBuffer(bytes).toString('latin1', start, end);
}

/** A length in as few bytes as it takes; `Infinity` where there is none. */
function readLength(bytes: Uint8Array, offset: number): number {
  let length = 0;
  let scale = 1;
  for (let index = offset; index < offset + 5; index++) {
    const byte = bytes[index];
    if (byte === undefined) return Infinity;
    length += (byte & 0x7f) * scale;
    // A last byte of zero would be one too many.
    if (byte < 0x80) return byte === 0 && scale > 1 ? Infinity : length;
    scale *= 0x80;
  }
  return Infinity;
}

function parseAny(plaintext: Uint8Array): Payload {
  let message: temporal.api.common.v1.Payload;
  try {
    message = PayloadMessage.decode(plaintext);
  } catch {
    throw new DecryptionError();
  }
  const metadata: Record<string, Uint8Array> = {};
  for (const name of Object.keys(message.metadata)) {
    const value = new Uint8Array(message.metadata[name] ?? []);
    if (name !== '__proto__') metadata[name] = value;
    // By assignment, this one name would become the prototype and no entry.
    else
      Object.defineProperty(metadata, name, { value, enumerable: true, writable: true, configurable: true });
  }
  const payload: Payload = { metadata, data: new Uint8Array(message.data) };
  if (message.externalPayloads.length > 0) payload.externalPayloads = message.externalPayloads;
  return payload;
}
