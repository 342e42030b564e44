import { describePayload, type PayloadDescription } from '@waxseal/codec-server';
import { ENCRYPTED, identify, type PayloadFormat } from '../scan/payload-format';
import type { EventPlace, PayloadKind, PayloadMessage } from '../scan/walk';

/** A payload that was found, and where. */
export interface Inspectable {
  /** Undefined where only the data of an envelope is at hand. */
  readonly metadata: ReadonlyMap<string, Uint8Array> | undefined;
  readonly data: Uint8Array;
  /** Undefined where the document does not tell, as it is no history. */
  readonly kind: PayloadKind | undefined;
  readonly event: EventPlace | undefined;
  readonly field: string;
  readonly isBesideCodecs: boolean;
}

/** What a payload says of itself in clear, and where it stands. Nothing in it is verified. */
export interface Inspected extends PayloadDescription {
  /** The document, where there are several. */
  readonly source?: string;
  readonly event?: { readonly id: string; readonly type: string; readonly time?: string };
  readonly kind?: PayloadKind;
  /** The way to it, from the event's attributes or from the document. */
  readonly field?: string;
  readonly format: PayloadFormat;
  /** The token that it is, in its text form. */
  readonly token?: string;
  /** Keys of which any opens it. */
  readonly keys?: readonly string[];
}

const NOT_GIVEN = '(not given: data only)';

/**
 * Describes a payload by what is in clear. Never shows its data, and no key that stands where its name
 * belongs.
 */
export function inspected({ metadata, data, kind, event, field }: Inspectable, source?: string): Inspected {
  const { keyId, ...description } = describePayload({ metadata, data });
  const { format, names } = identified(metadata, data, description);
  const [first] = names;
  return {
    ...(source !== undefined && { source }),
    ...(event !== undefined && { event: eventOf(event) }),
    ...(kind !== undefined && { kind }),
    ...(field !== '' && { field }),
    ...description,
    ...(keyId !== undefined && { keyId: format === 'waxseal' ? keyId : (first ?? '') }),
    format,
    ...(format === 'elsewhere' &&
      description.encoding === 'binary/uuid-sub' &&
      data.length === 16 && { token: uuidOf(data) }),
    ...((ENCRYPTED.has(format) || format === 'malformed') && { keys: names }),
  };
}

function identified(
  metadata: Inspectable['metadata'],
  data: Uint8Array,
  { envelope }: PayloadDescription,
): ReturnType<typeof identify> {
  if (metadata !== undefined) {
    const payload: PayloadMessage = { metadata: Object.fromEntries(metadata), data };
    return identify(payload);
  }
  const names = (envelope?.wrappedKeys ?? []).map(({ keyId }) => keyId ?? NOT_GIVEN);
  return envelope === undefined ? { format: 'malformed', names: [NOT_GIVEN] } : { format: 'waxseal', names };
}

function uuidOf(data: Uint8Array): string {
  const hex = Buffer.from(data).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function eventOf({ id, type, timeMs }: EventPlace): NonNullable<Inspected['event']> {
  return { id, type, ...(timeMs !== undefined && { time: new Date(timeMs).toISOString() }) };
}
