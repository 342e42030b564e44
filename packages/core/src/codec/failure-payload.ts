import type { Payload } from '@temporalio/common';
import { isWaxsealError, warn } from '../base/errors';
import { notify, type Telemetry } from '../key/telemetry';

/**
 * Marks a payload that belongs to a failure, from the failure converter to the codec. It never leaves the
 * process: the codec takes it off.
 */
export const FAILURE_MARKER = 'waxseal-failure';

/** Which part of a failure a payload is: its message and stack, or one of its details. */
export type FailurePart = 'attributes' | 'details';

const LONGEST_PART = 'attributes'.length;

const MARKER_VALUES: Readonly<Record<FailurePart, number>> = { attributes: 1, details: 2 };

/**
 * A payload like `payload` that the codec replaces by a redacted one if it cannot be encrypted. Without that,
 * an encode that fails while a failure is being reported ends the Worker.
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

const LOADED: unique symbol = Symbol.for('@waxseal/core/failure-payload/converter');

/** Says that this process has loaded a failure converter of Waxseal's, as a Worker does when it is made. */
export function noteFailureConverter(): void {
  // Not an assignment: the workflow sandbox may have a global object of its own kind.
  Reflect.set(globalThis, LOADED, true);
}

/** Whether this process has loaded one. */
export function isFailureConverterLoaded(): boolean {
  return Reflect.get(globalThis, LOADED) === true;
}

/** Whether a payload is marked as a part of a failure. */
export function isFailurePayload(payload: Payload): boolean {
  return failurePartOf(payload) !== undefined;
}

/**
 * `metadata.encoding` of what stands for a part of a failure that could not be encrypted
 * (docs/spec/envelope.md §2.1).
 */
export const REDACTED_ENCODING = 'binary/waxseal-redacted';

/** What a person reads in its place. */
export const REDACTED_TEXT = 'Redacted by Waxseal: this part of the failure could not be encrypted.';

/**
 * What stands in history for a part of a failure that could not be encrypted: a constant, in clear. Its
 * encoding is one that no payload converter knows, so that it is of no use in the place of anything but a
 * part of a failure.
 */
export function redactedPayload(part: FailurePart): Payload {
  return { metadata: { encoding: ascii(REDACTED_ENCODING) }, data: ascii(part) };
}

/** Which part of a failure a redacted payload stands for; `undefined` for any other payload. */
export function redactedPartOf({ metadata, data, externalPayloads }: Payload): FailurePart | undefined {
  const encoding = metadata?.['encoding'];
  if ((externalPayloads?.length ?? 0) > 0) return undefined;
  if (!encoding || !data || data.length > LONGEST_PART || Object.keys(metadata).length !== 1)
    return undefined;
  if (textOf(encoding) !== REDACTED_ENCODING) return undefined;
  const part = textOf(data);
  return part === 'attributes' || part === 'details' ? part : undefined;
}

/**
 * `payload`, or where it stands for a redacted part of a failure what a person, and any payload converter,
 * reads in its place. Not for a reader that takes plaintext for data where everything must be encrypted: a
 * failure converter and a display may use it.
 */
export function readableRedaction(payload: Payload): Payload {
  const part = redactedPartOf(payload);
  if (part === undefined) return payload;
  const value = part === 'attributes' ? { message: REDACTED_TEXT, stack_trace: '' } : REDACTED_TEXT;
  return { metadata: { encoding: ascii('json/plain') }, data: ascii(JSON.stringify(value)) };
}

// The workflow sandbox has no Buffer, and no TextEncoder of its own.
function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function textOf(bytes: Uint8Array): string | undefined {
  return bytes.length > 64 ? undefined : String.fromCharCode(...bytes);
}

/**
 * Encodes payloads; where all of them are marked as parts of a failure and `encode` rejects, gives redacted
 * ones instead. A failure that cannot be encoded would otherwise end the Worker
 * (temporalio/sdk-typescript#1512).
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
    for (const part of failureParts) notify(() => telemetry?.failureRedacted?.(part));
    return failureParts.map(redactedPayload);
  }
}

const warned = new Set<string>();

/**
 * Tells once per process and kind of error that a failure was redacted: by the code of Waxseal's own errors,
 * by the class of any other, whose message may hold data.
 */
function warnRedacted(error: unknown): void {
  const kind = isWaxsealError(error)
    ? error.code
    : error instanceof Error
      ? error.constructor.name
      : typeof error;
  if (warned.has(kind)) return;
  warned.add(kind);
  warn(
    'WAXSEAL_FAILURE_REDACTED',
    `A failure could not be encrypted (${kind}) and was redacted. Further ones of this kind are not announced.`,
  );
}
