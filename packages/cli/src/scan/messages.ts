/** A message of Temporal's API, and how it is built. */
export interface TypedMessage {
  readonly type: MessageType;
  readonly message: Message;
}

/** The fields of a message, by the names that `@temporalio/proto` gives them. */
export type Message = Readonly<Record<string, unknown>>;

/** A type of protobufjs, as far as it is needed here: `@temporalio/proto` has no types for its reflection. */
export interface MessageType {
  readonly name: string;
  readonly fullName: string;
  readonly fields: Readonly<Record<string, MessageField>>;
  readonly fieldsArray: readonly MessageField[];
}

export interface MessageField {
  readonly name: string;
  /** Its number on the wire. */
  readonly id: number;
  readonly map: boolean;
  readonly repeated: boolean;
  readonly resolvedType: object | null;
  resolve(): MessageField;
}

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
export const HISTORY = '.temporal.api.history.v1.History';
export const HISTORY_EVENT = '.temporal.api.history.v1.HistoryEvent';
export const MARKER = '.temporal.api.history.v1.MarkerRecordedEventAttributes';
export const MEMO = '.temporal.api.common.v1.Memo';
export const HEADER = '.temporal.api.common.v1.Header';
export const SEARCH_ATTRIBUTES = '.temporal.api.common.v1.SearchAttributes';
export const USER_METADATA = '.temporal.api.sdk.v1.UserMetadata';

const YEAR_10000_MS = 253_402_300_800_000;

/** `google.protobuf.Timestamp` in milliseconds since the epoch. */
export function timeOf(timestamp: unknown): number | undefined {
  if (typeof timestamp !== 'object' || timestamp === null) return undefined;
  const { seconds, nanos } = timestamp as { readonly seconds?: unknown; readonly nanos?: unknown };
  const ms = Number(seconds ?? 0) * 1000 + Number(nanos ?? 0) / 1e6;
  return ms >= 0 && ms < YEAR_10000_MS ? Math.floor(ms) : undefined;
}
