import { createHash } from 'node:crypto';
import { lookInside, ZLIB_ENCODING, ZSTD_ENCODING } from '@waxseal/compression';
import { isWaxsealError } from '@waxseal/core';
import { ENVELOPE_ENCODING, parseEnvelope, primaryKeyIdOf, redactedPartOf } from '@waxseal/core/internal';
import { keysOfEncryptionSdk } from './encryption-sdk';
import type { PayloadMessage } from './walk';

/**
 * How a payload is encrypted, told by what is in clear:
 *
 * - `waxseal`: an envelope of Waxseal
 * - `temporal-proxy`: that of Temporal's proxy, with a wrapped key in its metadata
 * - `samples`: that of the encryption samples of Temporal's SDKs, under a key of their own
 * - `aws-encryption-sdk`: that of the Java sample with the AWS Encryption SDK
 * - `fernet`: a Fernet token, as Python applications write them; it names no key
 * - `other`: it names a key, and its encoding is not known here
 * - `malformed`: it says to be an envelope of Waxseal, and cannot be read
 * - `elsewhere`: it only names where the payload is kept
 * - `redacted`: what takes the place of a part of a failure that could not be encrypted
 * - `unseen`: it may hold an envelope: its encoding is not known here, what it holds names a key, or it is
 *   compressed and cannot be read
 * - `plaintext`: any other
 *
 * Of what is compressed in the clear, what is within decides.
 */
export type PayloadFormat =
  | 'waxseal'
  | 'temporal-proxy'
  | 'samples'
  | 'aws-encryption-sdk'
  | 'fernet'
  | 'other'
  | 'malformed'
  | 'elsewhere'
  | 'redacted'
  | 'unseen'
  | 'plaintext';

/** Formats that only a key opens. */
export const ENCRYPTED: ReadonlySet<PayloadFormat> = new Set([
  'waxseal',
  'temporal-proxy',
  'samples',
  'aws-encryption-sdk',
  'fernet',
  'other',
]);

/** What a payload says of itself. Nothing of it is verified. */
export interface IdentifiedPayload {
  readonly format: PayloadFormat;
  /**
   * Keys of which any opens the payload, none twice; the encoding of plaintext; the driver or the kind of the
   * store of what is kept elsewhere.
   */
  readonly names: readonly string[];
  /** The encoding by which what this is said of is compressed, in the clear: `binary/zlib`. */
  readonly packedIn?: string;
}

/** The name of the key where a payload names none: any may open it. */
export const NO_KEY_NAMED = '(no key is named)';
/** How the store is called that tokens stand for. */
export const TOKENS = 'tokens';
const LONGEST_NAME = 1024;

/** What envelopes of subjects name (docs/spec/subject-key.md §1). */
const OF_A_SUBJECT = /^subject\/[0-9a-f]{64}$/;

/** Whether a key ID is that of a subject, of which there are many. */
export function isOfSubject(keyId: string): boolean {
  return OF_A_SUBJECT.test(keyId);
}

/** As what a key is counted: those of subjects count as one, since there may be one for each customer. */
export function countedAs(keyId: string): string {
  return isOfSubject(keyId) ? 'subject' : keyId;
}

/** How far is looked into what is compressed: so often within another, and so many bytes in all. */
interface Depth {
  readonly levels: number;
  readonly bytes: number;
}

/** As many bytes as the codecs that compress write, unless they are told otherwise. */
const DEEPEST: Depth = { levels: 3, bytes: 32 * 1024 * 1024 };

/** The format of a payload, and the keys that it names. */
export function identify(payload: PayloadMessage, depth: Depth = DEEPEST): IdentifiedPayload {
  const encoding = textOf(payload, 'encoding');
  switch (encoding) {
    case ENVELOPE_ENCODING:
      return envelopeOf(payload);
    case 'binary/encrypted':
      if (!has(payload, 'encryption-key-id') && isFernetText(bytesIn(payload))) return FERNET;
      return {
        format:
          has(payload, 'encryption-dek') && has(payload, 'encryption-key-id') ? 'temporal-proxy' : 'samples',
        names: [namedKey(payload)],
      };
    // Spelt like this: samples-java, KeyringCodec.
    case 'awsencriptionsdk/binary/encrypted':
      return { format: 'aws-encryption-sdk', names: keysOfEncryptionSdk(bytesOf(payload)) ?? [NO_KEY_NAMED] };
    case 'binary/fernet':
    case 'binary/fernet-encrypted':
      return FERNET;
    case 'binary/uuid-sub':
      return { format: 'elsewhere', names: [TOKENS] };
    case 'json/protobuf':
      if (textOf(payload, 'messageType') === 'temporal.api.sdk.v1.ExternalStorageReference') {
        return { format: 'elsewhere', names: [driverOf(bytesOf(payload))] };
      }
  }
  if (has(payload, 'encryption-key-id')) return { format: 'other', names: [namedKey(payload)] };
  if (redactedPartOf(asCommon(payload)) !== undefined) return { format: 'redacted', names: [''] };
  const name = encoding === '' ? '(no encoding)' : encoding.slice(0, 100);
  if ((payload.externalPayloads?.length ?? 0) > 0) return { format: 'elsewhere', names: [name] };
  const within = COMPRESSED.has(encoding) ? identifyWithin(payload, encoding, depth) : undefined;
  if (within !== undefined) return within;
  const isClear = OF_SDKS.has(encoding) && !MARKS.some((mark) => bytesIn(payload).includes(mark));
  return { format: isClear ? 'plaintext' : 'unseen', names: [name] };
}

const COMPRESSED: ReadonlySet<string> = new Set([ZLIB_ENCODING, ZSTD_ENCODING]);

/** @returns `undefined` where it cannot be read, not within the bounds, or has parts elsewhere */
function identifyWithin(
  payload: PayloadMessage,
  encoding: string,
  { levels, bytes }: Depth,
): IdentifiedPayload | undefined {
  if (levels === 0 || bytes < 1) return undefined;
  const inner = lookInside(asCommon(payload), bytes);
  if (inner === undefined || (inner.externalPayloads?.length ?? 0) > 0) return undefined;
  const deeper = { levels: levels - 1, bytes: bytes - (inner.data?.length ?? 0) };
  const { format, names } = identify(inner, deeper);
  const isNamedByEncoding = format === 'plaintext' || format === 'unseen';
  return {
    format,
    names: isNamedByEncoding ? names.map((name) => `${name} in ${encoding}`) : names,
    packedIn: encoding,
  };
}

const FERNET: IdentifiedPayload = { format: 'fernet', names: [NO_KEY_NAMED] };

/** Whether it is the text of a Fernet token: version 0x80 and a time, in base64url. */
function isFernetText(data: Buffer): boolean {
  return (
    data.subarray(0, 6).toString('latin1') === 'gAAAAA' && /^[\w-]+={0,2}$/.test(data.toString('latin1'))
  );
}

/** Encodings of the SDKs' converters. Under another, a codec may have packed an envelope. */
const OF_SDKS: ReadonlySet<string> = new Set([
  '',
  'json/plain',
  'json/protobuf',
  'binary/plain',
  'binary/null',
  'binary/protobuf',
]);

/** What envelopes have in clear, as it is and in base64, wherever in the text it stands. */
const MARKS: readonly string[] = ['encryption-key-id', 'binary/encrypted', ENVELOPE_ENCODING].flatMap(
  (mark) => [
    mark,
    ...[0, 1, 2].map((shift) => {
      const text = Buffer.from(' '.repeat(shift) + mark).toString('base64url');
      // The first characters and the last depend on what is beside them.
      return text.slice(shift + 1, -2);
    }),
  ],
);

function bytesIn(payload: PayloadMessage): Buffer {
  const { buffer, byteOffset, byteLength } = bytesOf(payload);
  return Buffer.from(buffer, byteOffset, byteLength);
}

function envelopeOf(payload: PayloadMessage): IdentifiedPayload {
  try {
    const { wrappedKeys } = parseEnvelope(primaryKeyIdOf(asCommon(payload)).keyId, bytesOf(payload));
    return { format: 'waxseal', names: [...new Set(wrappedKeys.map(({ keyId }) => keyId))] };
  } catch (error) {
    if (!isWaxsealError(error)) throw error;
    return { format: 'malformed', names: [namedKey(payload)] };
  }
}

function namedKey(payload: PayloadMessage): string {
  const name = textOf(payload, 'encryption-key-id');
  if (name === '') return NO_KEY_NAMED;
  const [plain, fingerprinted = plain] = namesOfKey(name);
  return has(payload, 'encryption-cipher') ? fingerprinted : plain;
}

/**
 * How a key is called here that payloads call `name`, the first time without a cipher beside it: Temporal's
 * proxy, set up for tests, writes the key itself where its name belongs; so does samples-java.
 */
export function namesOfKey(name: string): readonly [string, ...string[]] {
  if (/^base64key:/i.test(name)) return [`base64key://(the key itself, ${fingerprint(name)})`];
  const plain = name.slice(0, LONGEST_NAME);
  const isLong = AES_KEY_BYTES.has(Buffer.byteLength(name));
  return isLong ? [plain, `(may be the key itself, ${fingerprint(name)})`] : [plain];
}

const AES_KEY_BYTES: ReadonlySet<number> = new Set([16, 24, 32]);

/** Tells keys apart without showing them. */
function fingerprint(secret: string): string {
  return `SHA-256 ${createHash('sha256').update(secret).digest('hex').slice(0, 12)}`;
}

function driverOf(data: Uint8Array): string {
  try {
    const { driverName } = JSON.parse(Buffer.from(data).toString('utf8')) as {
      readonly driverName?: unknown;
    };
    return typeof driverName === 'string' ? driverName.slice(0, 100) : '(no driver is named)';
  } catch {
    return '(no driver is named)';
  }
}

function has({ metadata }: PayloadMessage, name: string): boolean {
  return (metadata?.[name]?.length ?? 0) > 0;
}

function textOf({ metadata }: PayloadMessage, name: string): string {
  const bytes = metadata?.[name];
  return bytes === undefined ? '' : Buffer.from(bytes).toString('utf8');
}

function bytesOf({ data }: PayloadMessage): Uint8Array {
  // protobufjs has an array where there is none.
  return ArrayBuffer.isView(data) ? data : new Uint8Array();
}

function asCommon({ metadata, data }: PayloadMessage): {
  readonly metadata: Record<string, Uint8Array>;
  readonly data: Uint8Array;
} {
  return { metadata: metadata ?? {}, data: data ?? new Uint8Array() };
}
