import { temporal } from '@temporalio/proto';
import { ConfigurationError } from '@waxseal/core';
import { printable } from '../printable';
import {
  FAILURE,
  HISTORY_EVENT,
  MARKER,
  messageTypeOf,
  PAYLOAD,
  typeOf,
  type MessageType,
  type TypedMessage,
} from './messages';

/** Says that a part was not looked at, and why. */
type NotLooked = (why: string) => void;

type Json = Readonly<Record<string, unknown>>;

const HISTORY = typeOf(temporal.api.history.v1.History);
const PAYLOADS = typeOf(temporal.api.common.v1.Payloads);

/**
 * A history in proto3 JSON. Each field is read as Temporal's API declares it, since the `temporal` command
 * may put values in the place of payloads, which do not tell how they were encoded.
 *
 * @param json as it was parsed
 * @param file what it was read from, for messages
 * @throws ConfigurationError when it is no history, or has anything else where a payload belongs
 */
export function historyOfJson(json: unknown, file: string, notLooked: NotLooked): TypedMessage {
  const wrong: Wrong = (what) =>
    new ConfigurationError(
      `${file} ${what}. Write it with: temporal workflow show --output json --no-json-shorthand-payloads`,
    );
  if (!isObject(json) || !Array.isArray(json['events'])) throw wrong('is no history: it has no "events"');
  if (!json['events'].every(hasAttributes)) throw wrong('has an event without attributes');
  const unknown = new Set<string>();
  const message = fromProtojson(HISTORY, json, unknown, wrong);
  const [first] = unknown;
  if (first !== undefined) {
    const more = unknown.size === 1 ? '' : ` and ${String(unknown.size - 1)} more`;
    notLooked(
      `${file} has fields that this version of @temporalio/proto does not know, and what they hold was not looked at: ${printable(first)}${more}. Update it`,
    );
  }
  return { type: HISTORY, message };
}

/**
 * The sealed keys of a file of search keys (docs/spec/search-token.md §2), as payloads.
 *
 * @returns `undefined` where it is none
 * @throws ConfigurationError where it has anything else in the place of a sealed key
 */
export function searchKeysOfJson(json: unknown, file: string): TypedMessage | undefined {
  if (!isObject(json) || json['format'] !== 'waxseal-search-keys/v1') return undefined;
  const wrong: Wrong = () => new ConfigurationError(`${file} holds something else than sealed search keys.`);
  const { keys } = json;
  if (!Array.isArray(keys)) throw wrong('');
  return { type: PAYLOADS, message: { payloads: keys.map((key) => payloadOf(key, wrong)) } };
}

function hasAttributes(event: unknown): boolean {
  return isObject(event) && Object.keys(event).some((name) => /(?:E|_e)vent_?[Aa]ttributes$/.test(name));
}

type Wrong = (what: string) => ConfigurationError;

/** Fields as they are called in messages, of what holds messages; payloads and failures wholly. */
function fromProtojson(root: MessageType, history: Json, unknown: Set<string>, wrong: Wrong): Json {
  const message: Record<string, unknown> = {};
  const nulls = { payloads: 0, others: 0 };
  const open: [type: MessageType, json: Json, into: Record<string, unknown>][] = [[root, history, message]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [type, json, into] = next;
    if (type.fullName === FAILURE) Object.assign(into, textsOf(json, wrong));
    if (type.fullName === MARKER) into['markerName'] = json['markerName'] ?? json['marker_name'];
    if (type.fullName === HISTORY_EVENT) Object.assign(into, placeOf(json));
    for (const [name, value] of Object.entries(json)) {
      const key = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
      const field = Object.hasOwn(type.fields, key) ? type.fields[key] : undefined;
      if (field === undefined) {
        unknown.add(`${type.name}.${name.slice(0, 100)}`);
        continue;
      }
      const inner = messageTypeOf(field);
      if (inner === undefined || inner.fullName.startsWith('.google.protobuf.')) continue;
      if (value === null) {
        nulls[inner.fullName === PAYLOAD && !field.map && !field.repeated ? 'payloads' : 'others'] += 1;
        continue;
      }
      const read = (each: unknown): object => {
        if (inner.fullName === PAYLOAD) return payloadOf(each, wrong);
        if (!isObject(each)) throw isShorthand(wrong);
        const made = {};
        open.push([inner, each, made]);
        return made;
      };
      if (Array.isArray(value) !== field.repeated) throw isShorthand(wrong);
      if (field.repeated) into[key] = (value as unknown[]).map(read);
      else if (!field.map) into[key] = read(value);
      else if (isObject(value))
        into[key] = Object.fromEntries(Object.entries(value).map(([name, each]) => [name, read(each)]));
      else throw isShorthand(wrong);
    }
  }
  // Written with all fields there are, an absent payload is null; else null is what the shorthand has.
  if (nulls.payloads > 0 && nulls.others === 0) throw isShorthand(wrong);
  return message;
}

function isShorthand(wrong: Wrong): ConfigurationError {
  return wrong(
    "has something else where a payload belongs, as the temporal command's shorthand does, which does not tell how it is encoded",
  );
}

const PAYLOAD_FIELDS: ReadonlySet<string> = new Set([
  'metadata',
  'data',
  'externalPayloads',
  'external_payloads',
]);
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

function payloadOf(json: unknown, wrong: Wrong): object {
  if (!isObject(json) || Object.keys(json).some((name) => !PAYLOAD_FIELDS.has(name)))
    throw isShorthand(wrong);
  const metadata = json['metadata'] ?? {};
  if (!isObject(metadata)) throw isShorthand(wrong);
  const bytes = (text: unknown): Buffer => {
    if (typeof text !== 'string' || !BASE64.test(text)) throw isShorthand(wrong);
    return Buffer.from(text, 'base64');
  };
  return {
    metadata: Object.fromEntries(
      Object.entries(metadata).map(([name, text]) => [name, bytes(text)]),
    ) as object,
    data: bytes(json['data'] ?? ''),
    externalPayloads: json['externalPayloads'] ?? json['external_payloads'] ?? [],
  };
}

/** ID and time of an event. */
function placeOf(event: Json): Json {
  const id = event['eventId'] ?? event['event_id'];
  const time = Date.parse(String(event['eventTime'] ?? event['event_time']));
  return {
    ...(typeof id === 'string' || typeof id === 'number' ? { eventId: String(id).slice(0, 20) } : {}),
    ...(Number.isNaN(time) ? {} : { eventTime: { seconds: time / 1000, nanos: 0 } }),
  };
}

function textsOf(failure: Json, wrong: Wrong): Json {
  const text = (value: unknown): string => {
    if (value === undefined || value === null) return '';
    if (typeof value !== 'string') throw wrong('has a failure whose message, source or stack is no text');
    return value;
  };
  const { message, source, stackTrace, stack_trace: snake } = failure;
  return { message: text(message), source: text(source), stackTrace: text(stackTrace ?? snake) };
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
