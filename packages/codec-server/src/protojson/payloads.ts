import { isAscii } from 'node:buffer';
import type { Payload } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { asBuffer } from '@waxseal/core/internal';
import { isObject } from '../fields';
import { malformedRequest } from '../request-error';

/** Largest number of payloads in one request. */
const MAX_PAYLOADS = 10_000;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Parses the body of a request, a `temporal.api.common.v1.Payloads` in protojson. `{}` and
 * `{"payloads":null}` mean none; unknown fields are ignored.
 *
 * @param body UTF-8
 * @throws RequestError 400
 */
export function parsePayloads(body: Buffer): Payload[] {
  assertJsonSize(body);
  const message = parseJson(body);
  if (!isObject(message)) throw malformedRequest('The body', 'must be a JSON object such as {"payloads":[]}');
  const list = message['payloads'] ?? [];
  if (!Array.isArray(list)) throw malformedRequest('payloads', 'must be an array');
  if (list.length > MAX_PAYLOADS) {
    throw malformedRequest('payloads', `must hold at most ${String(MAX_PAYLOADS)} payloads`);
  }
  return list.map(parsePayload);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(isAscii(body) ? body.toString('latin1') : utf8.decode(body));
  } catch {
    // The parser's own message quotes the text.
    throw malformedRequest('The body', 'is not valid JSON in UTF-8');
  }
}

/**
 * Parses one payload in protojson. Missing and null fields are empty, as proto3 has it.
 *
 * @param index its place, for messages
 * @throws RequestError 400
 */
function parsePayload(value: unknown, index: number): Payload {
  if (!isObject(value)) throw malformedRequest(placeOf(index), 'must be an object');
  const data = value['data'] ?? '';
  // sdk-go's client writes the field in snake_case; protojson and the Web UI write it in camelCase.
  const external = value['externalPayloads'] ?? value['external_payloads'];
  const externalPayloads =
    external == null ? [] : parseExternalPayloads(external, `${placeOf(index)}.externalPayloads`);
  const metadata = parseMetadata(value['metadata'] ?? {}, index);
  const payload = { metadata, data: toBytes(data) ?? decodeBase64(data, `${placeOf(index)}.data`) };
  return externalPayloads.length === 0 ? payload : { ...payload, externalPayloads };
}

/** Made for messages only, of which most requests have none. */
function placeOf(index: number): string {
  return `payloads[${String(index)}]`;
}

function parseMetadata(value: unknown, index: number): Record<string, Uint8Array> {
  const place = (): string => `${placeOf(index)}.metadata`;
  if (!isObject(value)) throw malformedRequest(place(), 'must be an object of base64 strings');
  const metadata: Record<string, Uint8Array> = {};
  for (const key of Object.keys(value)) {
    const bytes = toBytes(value[key]) ?? decodeBase64(value[key], `A value of ${place()}`);
    if (key !== '__proto__') metadata[key] = bytes;
    // An assignment would set the prototype: the key stays a key.
    else Object.defineProperty(metadata, key, { value: bytes, ...OWN });
  }
  return metadata;
}

const OWN = { writable: true, enumerable: true, configurable: true };

const { ExternalPayloadDetails } = temporal.api.common.v1.Payload;
type ExternalPayloads = NonNullable<temporal.api.common.v1.IPayload['externalPayloads']>;

const MAX_INT64 = 2n ** 63n - 1n;

/**
 * Parses the sizes of externally stored payloads: `sizeBytes` or `size_bytes`, as a number or, as protojson
 * writes 64-bit integers, as a string.
 *
 * @throws RequestError 400
 */
function parseExternalPayloads(value: unknown, where: string): ExternalPayloads {
  if (!Array.isArray(value)) throw malformedRequest(where, 'must be an array');
  return value.map((details, index) => {
    const at = `${where}[${String(index)}]`;
    if (!isObject(details)) throw malformedRequest(at, 'must be an object');
    const size = parseSize(details['sizeBytes'] ?? details['size_bytes'] ?? 0, `${at}.sizeBytes`);
    return ExternalPayloadDetails.fromObject({ sizeBytes: size });
  });
}

function parseSize(value: unknown, where: string): string {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== 'string' || !/^\d{1,19}$/.test(text) || BigInt(text) > MAX_INT64) {
    throw malformedRequest(where, 'must be a whole number of bytes');
  }
  return text;
}

/**
 * Decodes base64 as protojson allows it: the standard or the URL-safe alphabet, with padding or without.
 *
 * @returns a fresh buffer
 * @throws RequestError 400 that names `where`
 */
export function decodeBase64(value: unknown, where: string): Uint8Array {
  if (typeof value !== 'string') throw malformedRequest(where, 'must be a base64 string');
  const bytes = toBytes(value);
  if (bytes === undefined) throw malformedRequest(where, 'is not valid base64');
  return bytes;
}

/** @returns undefined for what is not valid base64 */
function toBytes(value: unknown): Uint8Array | undefined {
  if (typeof value !== 'string') return undefined;
  const padding = value.endsWith('==') ? 2 : value.endsWith('=') ? 1 : 0;
  const digits = value.length - padding;
  const isWhole = padding === 0 ? digits % 4 !== 1 : value.length % 4 === 0;
  const isMixed = hasAny(value, '-', '_') && hasAny(value, '+', '/');
  // `Buffer` takes U+0141 for the A that is its last byte.
  const isAscii = Buffer.byteLength(value) === value.length;
  if (!isWhole || isMixed || !isAscii) return undefined;
  const bytes = Buffer.from(value, 'base64');
  // `Buffer` skips characters that it does not know, and is then short of bytes.
  return bytes.length === Math.floor((digits * 3) / 4) ? bytes : undefined;
}

/** Faster on long texts than a regular expression. */
function hasAny(text: string, one: string, other: string): boolean {
  return text.includes(one) || text.includes(other);
}

const MAX_DEPTH = 16;
const MAX_VALUES = 250_000;

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_ARRAY, OPEN_OBJECT, CLOSE_ARRAY, CLOSE_OBJECT] = [0x5b, 0x7b, 0x5d, 0x7d];

/**
 * Bounds the depth and the number of values of a JSON text before it is parsed: sixteen megabytes of `[`
 * would otherwise become half a gigabyte of arrays. It does not check the syntax.
 *
 * @throws RequestError 400
 */
function assertJsonSize(json: Buffer): void {
  let depth = 0;
  let values = 0;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at] ?? 0;
    if (byte === QUOTE) {
      at = endOfString(json, at);
    } else if (byte === COMMA) {
      values++;
    } else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      depth++;
      values++;
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
      depth--;
    }
    if (depth > MAX_DEPTH) throw malformedRequest('The body', 'is nested too deeply');
    if (values > MAX_VALUES) throw malformedRequest('The body', 'holds too many values');
  }
}

/** Texts up to this length are looked through faster than by a call of `indexOf`. */
const SHORT_BYTES = 48;

/** Index of the quote that ends the string starting at `start`, or the length when there is none. */
function endOfString(json: Buffer, start: number): number {
  const near = Math.min(start + SHORT_BYTES, json.length);
  for (let at = start + 1; at < near; at++) {
    const byte = json[at];
    if (byte === QUOTE) return at;
    if (byte === BACKSLASH) break;
  }
  let end = json.indexOf(QUOTE, start + 1);
  while (end !== -1 && isEscaped(json, end)) end = json.indexOf(QUOTE, end + 1);
  return end === -1 ? json.length : end;
}

function isEscaped(json: Buffer, at: number): boolean {
  let backslashes = 0;
  while (json[at - 1 - backslashes] === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}

/**
 * Writes payloads as a `temporal.api.common.v1.Payloads` in protojson, with no field that the message does
 * not have: the CLI's parser refuses unknown fields. Standard base64 with padding, which needs no escapes in
 * JSON, and no empty fields.
 */
export function formatPayloads(payloads: readonly Payload[]): string {
  let json = '';
  for (const payload of payloads) json += `${json === '' ? '' : ','}${formatPayload(payload)}`;
  return `{"payloads":[${json}]}`;
}

/** By concatenation, which copies nothing: the whole is made one text once, when it is sent. */
function formatPayload({ metadata, data, externalPayloads }: Payload): string {
  let fields = '';
  const add = (name: string, value: string): void => {
    fields += `${fields === '' ? '' : ','}"${name}":${value}`;
  };
  const entries = Object.entries(metadata ?? {});
  if (entries.length > 0) add('metadata', `{${entries.map(formatEntry).join(',')}}`);
  if (data != null && data.length > 0) add('data', `"${toBase64(data)}"`);
  if (externalPayloads != null && externalPayloads.length > 0) {
    const sizes = externalPayloads.map(({ sizeBytes }) => ({ sizeBytes: (sizeBytes ?? 0).toString() }));
    add('externalPayloads', JSON.stringify(sizes));
  }
  return `{${fields}}`;
}

function formatEntry([name, bytes]: [string, Uint8Array]): string {
  return `${JSON.stringify(name)}:"${toBase64(bytes)}"`;
}

function toBase64(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('base64');
}
