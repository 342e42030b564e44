import { crc32c } from '@aws-crypto/crc32c';

import { GcpFault } from './gcp-fault';
import type { Int64Value } from './gcp-kms-messages';

/**
 * Compares a checksum of a request with its data.
 *
 * @param field name of the field that the checksum is for, as the API definition has it
 * @returns whether there was one
 * @throws GcpFault `INVALID_ARGUMENT` when it is not the data's
 */
export function checkCrc32c(given: Int64Value | null, data: Uint8Array, field: string): boolean {
  if (given === null) return false;
  if (given.value !== crc32cOf(data).value) {
    throw new GcpFault(
      'INVALID_ARGUMENT',
      `The checksum in field ${field}_crc32c did not match the data in field ${field}.`,
    );
  }
  return true;
}

/** CRC32C (RFC 3720 §12.1) of data, as the service's messages carry it. */
export function crc32cOf(data: Uint8Array): Int64Value {
  return { value: String(crc32c(data)) };
}
