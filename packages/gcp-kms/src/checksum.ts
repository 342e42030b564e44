import { buf } from 'crc-32/crc32c';

import { GcpAnswerError } from './gcp-answer-error';
import type { GcpChecksum } from './gcp-kms-client';

/** CRC32C (RFC 3720 §12.1) of bytes, as the service takes it: 0 to 2^32 − 1. */
export function crc32c(bytes: Uint8Array): number {
  return buf(bytes) >>> 0;
}

/**
 * @param field of the answer, for the message
 * @throws GcpAnswerError of reason `unavailable`, which is asked again, unless the checksum is there and is that of the bytes
 */
export function assertChecksum(checksum: GcpChecksum, bytes: Uint8Array, field: string): void {
  const given = checksum?.value;
  if (given === undefined || given === null || String(given) !== String(crc32c(bytes))) {
    throw new GcpAnswerError(
      `${field} is missing or does not fit: the answer was damaged on its way.`,
      'unavailable',
    );
  }
}
