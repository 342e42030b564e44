import { base64Length, bytesIn, textOfBase64 } from './bytes';

/** A payload as it is sent to the server. */
export interface SentPayload {
  readonly metadata: Readonly<Record<string, string>>;
  readonly data: string;
  readonly externalPayloads?: readonly unknown[];
}

/** A payload in JSON, and where it stands. */
export interface FoundPayload {
  /** ID of its event, and the event's type; undefined outside of a history. */
  readonly eventId: string | undefined;
  readonly eventType: string | undefined;
  /** The way to it, from the attributes of its event or from the top. */
  readonly field: string;
  readonly encoding: string;
  /** ID of the key that its metadata name. */
  readonly keyId: string | undefined;
  /** Size of its data. */
  readonly bytes: number;
  readonly sent: SentPayload;
}

/** What was found in a text. */
export interface Found {
  readonly payloads: readonly FoundPayload[];
  /** Whether there were more than are listed. */
  readonly hasMore: boolean;
  /** The workflow, where its history says which. */
  readonly workflowId: string | undefined;
}

/** As many as a browser lists without trouble; Temporal ends a history at 51,200 events. */
const MOST_PAYLOADS = 50_000;

/**
 * Finds the payloads in JSON, at any depth, in the order of the text: a history as the `temporal` command,
 * SDKs and the Web UI write it, or anything else. Search attributes are passed over: no codec sees them.
 */
export function payloadsIn(document: unknown): Found {
  const payloads: FoundPayload[] = [];
  let workflowId: string | undefined;
  let hasMore = false;
  // A list and no recursion: a hostile document may be deeper than the stack.
  const open: Place[] = [{ value: document, parent: undefined, key: '', event: undefined }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { value } = place;
    if (!isObject(value)) continue;
    const payload = payloadAt(place, value);
    if (payload !== undefined) {
      hasMore = payloads.length >= MOST_PAYLOADS;
      if (hasMore) break;
      payloads.push(payload);
      continue;
    }
    const event = eventOf(value) ?? place.event;
    if (event?.type === 'WorkflowExecutionStarted' && typeof value['workflowId'] === 'string') {
      workflowId ??= value['workflowId'];
    }
    // Taken from the end of the list: pushed in reverse, payloads come in the order of the text.
    for (const key of Object.keys(value).reverse()) {
      if (!SEARCH_ATTRIBUTES.has(key)) open.push({ value: value[key], parent: place, key, event });
    }
  }
  return { payloads, hasMore, workflowId };
}

type Json = Readonly<Record<string, unknown>>;

/** Where a value stands. */
interface Place {
  readonly value: unknown;
  readonly parent: Place | undefined;
  readonly key: string;
  readonly event: Event | undefined;
}

/** An event of a history. */
interface Event {
  readonly id: string | undefined;
  readonly type: string;
  readonly at: Json;
  /** Name of the field with what is particular to its type. */
  readonly attributes: string;
}

const SEARCH_ATTRIBUTES: ReadonlySet<string> = new Set(['searchAttributes', 'search_attributes']);
const ATTRIBUTES = /^([a-z]\w*?)_?[eE]vent_?[aA]ttributes$/;

function eventOf(value: Json): Event | undefined {
  if (Array.isArray(value)) return undefined;
  const attributes = Object.keys(value).find((key) => ATTRIBUTES.test(key) && isObject(value[key]));
  if (attributes === undefined) return undefined;
  const name = ATTRIBUTES.exec(attributes)?.[1] ?? '';
  const type = name.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const id = value['eventId'] ?? value['event_id'];
  return {
    id: typeof id === 'string' || typeof id === 'number' ? String(id).slice(0, 20) : undefined,
    type: type.slice(0, 100),
    at: value,
    attributes,
  };
}

function payloadAt(place: Place, value: Json): FoundPayload | undefined {
  const { metadata } = value;
  if (!isObject(metadata) || bytesIn(metadata['encoding']) === undefined) return undefined;
  const data = value['data'] === undefined || value['data'] === null ? '' : bytesIn(value['data']);
  // A history that was decoded already has values in the place of data.
  if (data === undefined) return undefined;
  const sent: Record<string, string> = {};
  for (const [name, entry] of Object.entries(metadata)) {
    const bytes = bytesIn(entry);
    if (bytes !== undefined) sent[name] = bytes;
  }
  const external = value['externalPayloads'] ?? value['external_payloads'];
  return {
    eventId: place.event?.id,
    eventType: place.event?.type,
    field: fieldOf(place).slice(0, MOST_CHARACTERS),
    encoding: textOfBase64(sent['encoding'] ?? '').slice(0, MOST_CHARACTERS),
    keyId: sent[KEY_ID] === undefined ? undefined : textOfBase64(sent[KEY_ID]).slice(0, MOST_CHARACTERS),
    bytes: base64Length(data),
    sent: { metadata: sent, data, ...(Array.isArray(external) ? { externalPayloads: external } : {}) },
  };
}

const KEY_ID = 'encryption-key-id';
const NAME = /^[A-Za-z_]\w*$/;

/** Longest field that is shown; a hostile document may have deeper ones, and longer names. */
const MOST_STEPS = 40;
/** One more than the ID of a key may have, so that one that is cut is told from one that is not. */
const MOST_CHARACTERS = 1_001;

function fieldOf(place: Place): string {
  const steps: string[] = [];
  for (let each: Place = place; each.parent !== undefined && steps.length < MOST_STEPS; each = each.parent) {
    const { parent, key, event } = each;
    const holder = parent.value;
    if (event !== undefined && holder === event.at && key === event.attributes) break;
    steps.push(Array.isArray(holder) ? `[${key}]` : NAME.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`);
    if (event !== undefined && holder === event.at) break;
  }
  return steps.reverse().join('').replace(/^\./, '');
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}
