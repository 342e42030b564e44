import type { Payload } from '@temporalio/common';

/**
 * Marks a payload that belongs to a failure, from the failure converter to the codec. It never leaves the process: the
 * codec takes it off.
 */
export const FAILURE_MARKER = 'waxseal-failure';

/** Which part of a failure a payload is: its message and stack, or one of its details. */
export type FailurePart = 'attributes' | 'details';

const MARKER_VALUES: Readonly<Record<FailurePart, number>> = { attributes: 1, details: 2 };

/**
 * A payload like `payload` that the codec replaces by a redacted one if it cannot be encrypted. Without that, an encode
 * that fails while a failure is being reported ends the Worker.
 */
export function markFailurePayload(payload: Payload, part: FailurePart): Payload {
  return {
    ...payload,
    metadata: { ...payload.metadata, [FAILURE_MARKER]: Uint8Array.of(MARKER_VALUES[part]) },
  };
}

/** Which part of a failure a marked payload is; `undefined` for any other payload. */
export function failurePartOf(payload: Payload): FailurePart | undefined {
  const marker = payload.metadata?.[FAILURE_MARKER];
  if (marker?.length !== 1) return undefined;
  if (marker[0] === MARKER_VALUES.attributes) return 'attributes';
  return marker[0] === MARKER_VALUES.details ? 'details' : undefined;
}

/** `payload` without its mark. */
export function unmarkFailurePayload(payload: Payload): Payload {
  const metadata = { ...payload.metadata };
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete
  delete metadata[FAILURE_MARKER];
  return { ...payload, metadata };
}

/** Whether a payload is marked as a part of a failure. */
export function isFailurePayload(payload: Payload): boolean {
  return failurePartOf(payload) !== undefined;
}
