import { isUint8Array } from 'node:util/types';
import type { Payload } from '@temporalio/common';
import { areEqual, decodeUtf8, rememberLast } from '../base/bytes';
import { ConfigurationError, MalformedEnvelopeError, NEVER_RETRY, WaxsealError } from '../base/errors';
import { ENVELOPE_ENCODING, KEY_ID_METADATA } from '../envelope/envelope';
import { isKeyId, MAX_KEY_ID_BYTES, type KeyId } from '../key/key-encryption-key';

const ENCODING = Buffer.from(ENVELOPE_ENCODING, 'ascii');

/** The outer payload around an envelope (docs/spec/envelope.md §2). */
export function envelopePayload(keyId: Uint8Array, envelope: Uint8Array): Payload {
  return {
    metadata: { encoding: new Uint8Array(ENCODING), [KEY_ID_METADATA]: new Uint8Array(keyId) },
    data: envelope,
  };
}

/** Bytes of a payload's field. Where Temporal has written none, protobufjs has an empty array. */
export function bytesOf(field: Uint8Array | null | undefined): Uint8Array {
  return isUint8Array(field) ? field : new Uint8Array();
}

/** The key ID that stands in UTF-8, or `undefined` where none does. */
const readKeyId = rememberLast((bytes): KeyId | undefined => {
  const keyId = decodeUtf8(bytes);
  return isKeyId(keyId) ? keyId : undefined;
});

/** Whether a payload says that it is an envelope. */
export function isEnvelopePayload(payload: Payload): boolean {
  const encoding = payload.metadata?.['encoding'];
  return isUint8Array(encoding) && areEqual(ENCODING, encoding);
}

/** The primary key ID of an outer payload. */
export interface PrimaryKeyId {
  readonly keyId: KeyId;
  /** The same as UTF-8: a view of the payload's metadata. */
  readonly bytes: Uint8Array;
}

/**
 * Checks the metadata of an envelope payload and reads its primary key ID.
 *
 * @throws MalformedEnvelopeError
 */
export function primaryKeyIdOf(payload: Payload): PrimaryKeyId {
  const metadata = payload.metadata ?? {};
  const unexpected = Object.keys(metadata).find((name) => name !== 'encoding' && name !== KEY_ID_METADATA);
  if (unexpected !== undefined) {
    throw new MalformedEnvelopeError(
      'The metadata of an envelope holds "encoding" and "encryption-key-id" only; something between the worker and Temporal has added to it.',
    );
  }
  const bytes = metadata[KEY_ID_METADATA];
  const keyId = isUint8Array(bytes) && bytes.length <= MAX_KEY_ID_BYTES ? readKeyId(bytes) : undefined;
  if (!bytes || keyId === undefined) {
    throw new MalformedEnvelopeError(
      'The metadata entry "encryption-key-id" is missing, or not 1 to 1,024 bytes of UTF-8 without control characters.',
    );
  }
  return { keyId, bytes };
}

/** Metadata entry by which the application marks whose data a payload is: a subject's ID, in UTF-8. */
export const SUBJECT_METADATA = 'waxseal-subject';

/** `payload`, marked for the subject that `original` is marked for: where the one holds the other. */
export function markAs(payload: Payload, { metadata }: Payload): Payload {
  const mark = metadata?.[SUBJECT_METADATA];
  if (mark === undefined) return payload;
  return { ...payload, metadata: { ...payload.metadata, [SUBJECT_METADATA]: mark } };
}

/** Longest ID of a subject, in bytes of UTF-8. */
export const MAX_SUBJECT_BYTES = 512;

/**
 * Whose data a payload is marked to be; `undefined` without a mark.
 *
 * @throws ConfigurationError when the mark is no subject's ID
 */
export function subjectOf({ metadata }: Payload): string | undefined {
  const mark = metadata?.[SUBJECT_METADATA];
  if (mark === undefined) return undefined;
  const subject = mark.length >= 1 && mark.length <= MAX_SUBJECT_BYTES ? decodeUtf8(mark) : undefined;
  if (subject !== undefined) return subject;
  throw new ConfigurationError(
    `A payload is marked for a subject whose ID is not 1 to ${String(MAX_SUBJECT_BYTES)} bytes of UTF-8. Mark it by forSubject().`,
  );
}

/** What Temporal takes in one field by default: `limit.blobSize.error` of its server. */
export const TEMPORAL_LIMIT_BYTES = 2 * 1024 * 1024;

/** Payloads of one field are within Temporal's limit, and are not once they are sealed. */
export class PayloadTooLargeError extends WaxsealError {
  override readonly name = 'PayloadTooLargeError';
  readonly code = 'WAXSEAL_PAYLOAD_TOO_LARGE';

  constructor(bytes: number, sealedBytes: number, limitBytes: number) {
    super(
      `The payloads have ${String(bytes)} bytes, and ${String(sealedBytes)} once they are encrypted; Temporal takes ${String(limitBytes)}. ` +
        'Pass a reference in the place of the data, or split it. Where the server takes more, or ExternalStorage of the SDK takes what is large, set payloadLimitBytes of the codec.',
      false,
      // As the server: sizes do not change, and each attempt of an activity would have its effect again.
      { type: 'WaxsealPayloadTooLarge', ...NEVER_RETRY },
    );
  }
}

/** Sums what the payloads of one field weigh, before they are sealed and after. */
export class FieldSize {
  readonly #limitBytes: number;
  #bytes = 0;
  #sealedBytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /**
   * @param plaintextBytes length of the payload's protobuf
   * @param sealed its envelope
   */
  add(plaintextBytes: number, { metadata, data }: Payload): void {
    const keyIdBytes = metadata?.[KEY_ID_METADATA]?.length ?? 0;
    const entries = entryBytes('encoding', ENCODING.length) + entryBytes(KEY_ID_METADATA, keyIdBytes);
    this.#bytes += fieldBytes(plaintextBytes);
    this.#sealedBytes += fieldBytes(entries + fieldBytes(data?.length ?? 0));
  }

  /**
   * What was above the limit before is left to Temporal, which says so itself.
   *
   * @throws PayloadTooLargeError where sealing has brought the payloads above it
   */
  assertFits(): void {
    if (this.#bytes <= this.#limitBytes && this.#sealedBytes > this.#limitBytes) {
      throw new PayloadTooLargeError(this.#bytes, this.#sealedBytes, this.#limitBytes);
    }
  }
}

/** Length of an entry of a `map<string, bytes>`. */
function entryBytes(name: string, valueBytes: number): number {
  return fieldBytes(fieldBytes(name.length) + fieldBytes(valueBytes));
}

/** Length of a field of protobuf with so many bytes in it; its number is below 16. */
function fieldBytes(length: number): number {
  return 1 + Math.max(1, Math.ceil((32 - Math.clz32(length)) / 7)) + length;
}
