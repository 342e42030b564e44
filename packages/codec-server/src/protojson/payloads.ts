import type { Payload } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
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
  return list.map((payload, index) => parsePayload(payload, `payloads[${String(index)}]`));
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch {
    // The parser's own message quotes the text.
    throw malformedRequest('The body', 'is not valid JSON in UTF-8');
  }
}

/**
 * Parses one payload in protojson. Missing and null fields are empty, as proto3 has it.
 *
 * @param where path of the value, for messages
 * @throws RequestError 400
 */
function parsePayload(value: unknown, where: string): Payload {
  if (!isObject(value)) throw malformedRequest(where, 'must be an object');
  const data = value['data'] ?? '';
  // sdk-go's client writes the field in snake_case; protojson and the Web UI write it in camelCase.
  const external = value['externalPayloads'] ?? value['external_payloads'] ?? [];
  const externalPayloads = parseExternalPayloads(external, `${where}.externalPayloads`);
  return {
    metadata: parseMetadata(value['metadata'] ?? {}, `${where}.metadata`),
    data: decodeBase64(data, `${where}.data`),
    ...(externalPayloads.length === 0 ? {} : { externalPayloads }),
  };
}

function parseMetadata(value: unknown, where: string): Record<string, Uint8Array> {
  if (!isObject(value)) throw malformedRequest(where, 'must be an object of base64 strings');
  // fromEntries defines properties, so that a key named __proto__ stays a key.
  return Object.fromEntries(
    Object.entries(value).map(([key, text]) => [key, decodeBase64(text, `A value of ${where}`)]),
  );
}

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
  const padding = value.endsWith('==') ? 2 : value.endsWith('=') ? 1 : 0;
  const digits = value.length - padding;
  const isWhole = padding === 0 ? digits % 4 !== 1 : value.length % 4 === 0;
  const isMixed = hasAny(value, '-', '_') && hasAny(value, '+', '/');
  // `Buffer` takes U+0141 for the A that is its last byte.
  const isAscii = Buffer.byteLength(value) === value.length;
  if (isWhole && !isMixed && isAscii) {
    const bytes = Buffer.from(value, 'base64');
    // `Buffer` skips characters that it does not know, and is then short of bytes.
    if (bytes.length === Math.floor((digits * 3) / 4)) return bytes;
  }
  throw malformedRequest(where, 'is not valid base64');
}

/** Faster on long texts than a regular expression. */
function hasAny(text: string, one: string, other: string): boolean {
  return text.includes(one) || text.includes(other);
}

const MAX_DEPTH = 16;
const MAX_VALUES = 250_000;

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const OPENERS: ReadonlySet<number> = new Set([0x5b, 0x7b]);
const CLOSERS: ReadonlySet<number> = new Set([0x5d, 0x7d]);

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
    } else if (OPENERS.has(byte)) {
      depth++;
      values++;
    } else if (CLOSERS.has(byte)) {
      depth--;
    }
    if (depth > MAX_DEPTH) throw malformedRequest('The body', 'is nested too deeply');
    if (values > MAX_VALUES) throw malformedRequest('The body', 'holds too many values');
  }
}

/** Index of the quote that ends the string starting at `start`, or the length when there is none. */
function endOfString(json: Buffer, start: number): number {
  let end = json.indexOf(QUOTE, start + 1);
  while (end !== -1 && isEscaped(json, end)) end = json.indexOf(QUOTE, end + 1);
  return end === -1 ? json.length : end;
}

function isEscaped(json: Buffer, at: number): boolean {
  let backslashes = 0;
  while (json[at - 1 - backslashes] === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
}

/** One payload as protojson writes it: standard base64 with padding, no empty fields. */
interface PayloadJson {
  metadata?: Record<string, string>;
  data?: string;
  externalPayloads?: readonly { readonly sizeBytes: string }[];
}

/**
 * Writes payloads as a `temporal.api.common.v1.Payloads` in protojson, with no field that the message does
 * not have: the CLI's parser refuses unknown fields.
 */
export function formatPayloads(payloads: readonly Payload[]): string {
  return JSON.stringify({ payloads: payloads.map(formatPayload) });
}

function formatPayload(payload: Payload): PayloadJson {
  const json: PayloadJson = {};
  const metadata = Object.entries(payload.metadata ?? {});
  if (metadata.length > 0) {
    json.metadata = Object.fromEntries(metadata.map(([key, value]) => [key, toBase64(value)]));
  }
  if (payload.data != null && payload.data.length > 0) json.data = toBase64(payload.data);
  const external = payload.externalPayloads ?? [];
  if (external.length > 0) {
    json.externalPayloads = external.map(({ sizeBytes }) => ({ sizeBytes: (sizeBytes ?? 0).toString() }));
  }
  return json;
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
