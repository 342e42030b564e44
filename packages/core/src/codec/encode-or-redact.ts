import type { Payload } from '@temporalio/common';

import { failurePartOf, isFailurePayload, unmarkFailurePayload, type FailurePart } from './failure-payload';
import { redactedPayload } from './redacted-payload';
import { warnRedacted } from './warn-redacted';

/**
 * Encodes payloads; where all of them are marked as parts of a failure and `encode` rejects, gives redacted ones
 * instead. A failure that cannot be encoded would otherwise end the Worker (temporalio/sdk-typescript#1512).
 *
 * @param encode gets the payloads without their marks
 */
export function encodeOrRedact(
  payloads: Payload[],
  encode: (payloads: Payload[]) => Promise<Payload[]>,
): Promise<Payload[]> {
  return payloads.some(isFailurePayload) ? encodeMarked(payloads, encode) : encode(payloads);
}

async function encodeMarked(
  payloads: readonly Payload[],
  encode: (payloads: Payload[]) => Promise<Payload[]>,
): Promise<Payload[]> {
  const parts = payloads.map(failurePartOf);
  const unmarked = payloads.map((payload, index) =>
    parts[index] === undefined ? payload : unmarkFailurePayload(payload),
  );
  try {
    return await encode(unmarked);
  } catch (error) {
    const failureParts = parts.filter((part): part is FailurePart => part !== undefined);
    if (failureParts.length !== payloads.length) throw error;
    warnRedacted(error);
    return failureParts.map(redactedPayload);
  }
}
