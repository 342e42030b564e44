// `@waxseal/subjects/workflow`: what workflow code imports. It loads nothing but `@temporalio/common`, so
// that the workflow sandbox can bundle it.
import {
  defaultPayloadConverter,
  type Payload,
  type PayloadConverter,
  RawValue,
  ValueError,
} from '@temporalio/common';

/** Metadata entry of the mark, as the codec knows it. */
const SUBJECT_METADATA = 'waxseal-subject';

/** Longest ID, in bytes of UTF-8. */
const MAX_SUBJECT_BYTES = 512;

/** Gives a payload as it is. */
const AS_IT_IS: PayloadConverter = {
  toPayload: (value) => value as Payload,
  fromPayload: (payload: Payload) => payload as never,
};

/** A value that is marked with whose data it is. */
class MarkedValue<T> extends RawValue<T> {
  constructor(payload: Payload) {
    super(payload as T, AS_IT_IS);
  }

  /** @throws ValueError: within another value the mark would be lost, and with it the right key */
  toJSON(): never {
    throw new ValueError(
      'forSubject(): the marked value must be an argument, a result, or a value of a memo itself, not a part of one; and a payload converter of your own must hand RawValue on, as a CompositePayloadConverter does.',
    );
  }
}

/**
 * Marks a value with whose data it is, so that it is encrypted under the key of that subject, whatever the
 * workflow is. For arguments and results of workflows, activities, signals, queries and updates, and for
 * values of memos: in the place of the value itself, not within it. Who gets it gets the value, without the
 * mark: it is marked again where it is passed on.
 *
 * @param subject ID of the subject, such as a customer's number: 1 to 512 bytes of UTF-8. It stands within
 *   what is encrypted only
 * @param value what the payload holds
 * @param converter makes the payload; give your own where the application has one
 * @returns typed as the value, as a workflow's or activity's signature wants it
 * @throws ValueError where the ID is none, or the value cannot be converted
 */
export function forSubject<T>(
  subject: string,
  value: T,
  converter: PayloadConverter = defaultPayloadConverter,
): T {
  const payload = converter.toPayload(value);
  const mark = utf8(subject);
  if (mark === undefined) {
    throw new ValueError(
      `forSubject(): the ID of a subject must be a text of 1 to ${String(MAX_SUBJECT_BYTES)} bytes of UTF-8.`,
    );
  }
  const marked = { ...payload, metadata: { ...payload.metadata, [SUBJECT_METADATA]: mark } };
  return new MarkedValue<T>(marked) as T;
}

// The workflow sandbox has no Buffer.
function utf8(text: unknown): Uint8Array | undefined {
  if (typeof text !== 'string' || text === '' || text.length > MAX_SUBJECT_BYTES) return undefined;
  let escaped: string;
  try {
    escaped = encodeURIComponent(text);
  } catch {
    // Half of a surrogate pair.
    return undefined;
  }
  const bytes = escaped.match(/%[0-9A-F]{2}|[^%]/g) ?? [];
  if (bytes.length > MAX_SUBJECT_BYTES) return undefined;
  return Uint8Array.from(bytes, (byte) =>
    byte.length === 3 ? Number.parseInt(byte.slice(1), 16) : byte.charCodeAt(0),
  );
}
