import { ENVELOPE_ENCODING, redactedPartOf } from '@waxseal/core/internal';

/** What is counted on its own: a history, what is known of an execution, or a schedule. */
export interface Counted {
  readonly name: string;
  readonly messages: readonly TypedMessage[];
}

/** A message of Temporal's API, and how it is built. */
export interface TypedMessage {
  readonly type: MessageType;
  readonly message: Message;
}

/** A type of protobufjs, as far as it is needed here: `@temporalio/proto` has no types for its reflection. */
export interface MessageType {
  readonly name: string;
  readonly fullName: string;
  readonly fields: Readonly<Record<string, MessageField>>;
  readonly fieldsArray: readonly MessageField[];
}

interface MessageField {
  readonly name: string;
  readonly map: boolean;
  readonly repeated: boolean;
  readonly resolvedType: object | null;
  resolve(): MessageField;
}

type Message = Readonly<Record<string, unknown>>;

/** How a message is built that `@temporalio/proto` exports. */
export function typeOf(exported: object): MessageType {
  return exported as MessageType;
}

/** What a field holds: messages of a type, or `undefined` for numbers, texts, bytes and enumerations. */
export function messageTypeOf(field: MessageField): MessageType | undefined {
  const { resolvedType } = field.resolve();
  return resolvedType !== null && 'fieldsArray' in resolvedType ? (resolvedType as MessageType) : undefined;
}

export const PAYLOAD = '.temporal.api.common.v1.Payload';
export const FAILURE = '.temporal.api.failure.v1.Failure';

/** What Temporal has in clear, whatever codec there is. */
const NEVER_ENCRYPTED: ReadonlySet<string> = new Set([
  '.temporal.api.common.v1.SearchAttributes',
  '.temporal.api.common.v1.Header',
]);

/** How much of messages of Temporal's is encrypted. */
export interface PayloadCounts {
  /** Payloads that are envelopes. */
  readonly envelopes: number;
  /** Payloads that are none. The constants that stand for redacted parts of failures are not counted. */
  readonly plaintext: number;
  /** Failures whose message or stack stands in clear. Those that the server makes are not counted. */
  readonly clearFailures: number;
  /** Where what is in clear stands: type of the event or field, and encoding. */
  readonly clearAt: readonly { readonly place: string; readonly count: number }[];
}

/** Counts payloads and failures, where Temporal's API has them. */
export function countPayloads(messages: readonly TypedMessage[]): PayloadCounts {
  const counts = { envelopes: 0, plaintext: 0, clearFailures: 0 };
  const places = new Map<string, number>();
  const note = (place: string): void => void places.set(place, (places.get(place) ?? 0) + 1);
  const open = messages.map((each) => ({ ...each, place: '' }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { type, message, place } = next;
    if (type.fullName === PAYLOAD) {
      const payload = message as unknown as PayloadMessage;
      const encoding = encodingOf(payload);
      if (encoding === ENVELOPE_ENCODING) counts.envelopes += 1;
      else if (redactedPartOf(payload) === undefined) {
        counts.plaintext += 1;
        note(`${place} ${encoding}`);
      }
      continue;
    }
    if (type.fullName === FAILURE && isInClear(message)) {
      counts.clearFailures += 1;
      note(`${place} failure`);
    }
    for (const field of type.fieldsArray) {
      const inner = messageTypeOf(field);
      if (inner === undefined || NEVER_ENCRYPTED.has(inner.fullName)) continue;
      for (const each of valuesOf(field, message[field.name])) {
        open.push({ type: inner, message: each as Message, place: placeOf(field.name, place) });
      }
    }
  }
  return { ...counts, clearAt: [...places].map(([place, count]) => ({ place, count })) };
}

/** The values of a field that is a list, a map, or one value that may be absent. */
export function valuesOf(field: MessageField, value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (field.repeated) return value as readonly unknown[];
  return field.map ? Object.values(value) : [value];
}

/** Fields that say nothing about the place of what is in them. */
const WRAPPERS: ReadonlySet<string> = new Set(['history', 'events', 'workflowExecutionInfo']);

/** An event's type as its attributes are called; elsewhere the outermost field. */
function placeOf(name: string, place: string): string {
  return place !== '' || WRAPPERS.has(name) ? place : name.replace(/EventAttributes$/, '');
}

interface PayloadMessage {
  readonly metadata: Readonly<Record<string, Uint8Array>>;
  readonly data: Uint8Array;
}

function encodingOf({ metadata }: PayloadMessage): string {
  const encoding = metadata['encoding'];
  return encoding === undefined ? '(no encoding)' : Buffer.from(encoding).toString('latin1').slice(0, 100);
}

/** What all SDKs put in the place of a message that is in `encodedAttributes`. */
const ENCODED_MESSAGE = 'Encoded failure';

function isInClear({ message = '', stackTrace = '', source }: Message): boolean {
  if (source === 'Server') return false;
  return (message !== '' && message !== ENCODED_MESSAGE) || stackTrace !== '';
}
