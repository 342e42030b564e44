import type { Payload } from '@temporalio/common';

import {
  failurePartOf,
  isFailurePayload,
  redactedPayload,
  unmarkFailurePayload,
  type FailurePart,
} from './failure-payload';
import { tell } from '../telemetry/tell';
import type { Telemetry } from '../telemetry/telemetry';
import { warnRedacted } from './warn-redacted';

/**
 * Encodes payloads; where all of them are marked as parts of a failure and `encode` rejects, gives redacted ones
 * instead. A failure that cannot be encoded would otherwise end the Worker (temporalio/sdk-typescript#1512).
 *
 * @param encode gets the payloads without their marks
 * @param telemetry told of each part that was redacted
 */
export function encodeOrRedact(
  payloads: Payload[],
  encode: (payloads: Payload[]) => Promise<Payload[]>,
  telemetry?: Telemetry,
): Promise<Payload[]> {
  return payloads.some(isFailurePayload) ? encodeMarked(payloads, encode, telemetry) : encode(payloads);
}

async function encodeMarked(
  payloads: readonly Payload[],
  encode: (payloads: Payload[]) => Promise<Payload[]>,
  telemetry: Telemetry | undefined,
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
    for (const part of failureParts) tell(() => telemetry?.failureRedacted?.(part));
    return failureParts.map(redactedPayload);
  }
}
