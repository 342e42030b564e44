import { temporal } from '@temporalio/proto';
import { isObject } from './is-object';
import { malformedRequest } from './malformed-request';

const { ExternalPayloadDetails } = temporal.api.common.v1.Payload;
type ExternalPayloads = NonNullable<temporal.api.common.v1.IPayload['externalPayloads']>;

const MAX_INT64 = 2n ** 63n - 1n;

/**
 * Parses the sizes of externally stored payloads: `sizeBytes` or `size_bytes`, as a number or, as protojson writes 64-bit
 * integers, as a string.
 *
 * @throws RequestError 400
 */
export function parseExternalPayloads(value: unknown, where: string): ExternalPayloads {
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
