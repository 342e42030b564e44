import type { Payload } from '@temporalio/common';

import { decodeUtf8 } from '../bytes/decode-utf8';
import { rememberLast } from '../bytes/remember-last';
import { ENVELOPE_ENCODING, KEY_ID_METADATA } from '../envelope/format';
import { MalformedEnvelopeError } from '../errors/malformed-envelope-error';
import { isKeyId, MAX_KEY_ID_BYTES, type KeyId } from '../key-encryption-key/key-id';

const ENCODING = Buffer.from(ENVELOPE_ENCODING, 'ascii');

/** The outer payload around an envelope (docs/spec/envelope.md §2). */
export function outerPayload(keyId: Uint8Array, envelope: Uint8Array): Payload {
  return {
    metadata: { encoding: new Uint8Array(ENCODING), [KEY_ID_METADATA]: new Uint8Array(keyId) },
    data: envelope,
  };
}

/** The key ID that stands in UTF-8, or `undefined` where none does. */
const readKeyId = rememberLast((bytes): KeyId | undefined => {
  const keyId = decodeUtf8(bytes);
  return isKeyId(keyId) ? keyId : undefined;
});

/** Whether a payload says that it is an envelope. */
export function isEnvelopePayload(payload: Payload): boolean {
  const encoding = payload.metadata?.['encoding'];
  return encoding !== undefined && ENCODING.equals(encoding);
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
  const keyId = bytes && bytes.length <= MAX_KEY_ID_BYTES ? readKeyId(bytes) : undefined;
  if (!bytes || keyId === undefined) {
    throw new MalformedEnvelopeError(
      'The metadata entry "encryption-key-id" is missing, or not 1 to 1,024 bytes of UTF-8 without control characters.',
    );
  }
  return { keyId, bytes };
}
