import {
  FAILURE,
  HEADER,
  HISTORY_EVENT,
  MARKER,
  MEMO,
  messageTypeOf,
  PAYLOAD,
  SEARCH_ATTRIBUTES,
  timeOf,
  USER_METADATA,
  type Message,
  type MessageField,
  type MessageType,
  type TypedMessage,
} from './messages';

/** A payload, and where it stands. */
export interface LocatedPayload {
  readonly payload: PayloadMessage;
  readonly kind: PayloadKind;
  /** The event of a history that it belongs to. */
  readonly event: EventPlace | undefined;
  /** The way to it, from the event's attributes or from the message: `input.payloads[0]`. */
  readonly field: () => string;
}

/** `temporal.api.common.v1.Payload`, as protobufjs has it. */
export interface PayloadMessage {
  readonly metadata?: Readonly<Record<string, Uint8Array>> | null;
  readonly data?: Uint8Array | null;
  /** Parts of it that are kept elsewhere. */
  readonly externalPayloads?: readonly unknown[] | null;
}

/** What a payload is to a workflow. */
export type PayloadKind =
  | 'input'
  | 'result'
  | 'last result'
  | 'failure'
  | 'activity input'
  | 'activity result'
  | 'child input'
  | 'child result'
  | 'heartbeat'
  | 'signal'
  | 'update'
  | 'marker'
  | 'marker of the SDK'
  | 'memo'
  | 'summary'
  | 'nexus'
  | 'header'
  | 'details';

/** An event of a history. */
export interface EventPlace {
  readonly id: string;
  /** Its type, as its attributes are called: `workflowExecutionStarted`. */
  readonly type: string;
  /** Milliseconds since the epoch. */
  readonly timeMs: number | undefined;
}

/** What {@link walk} finds. */
export interface Visitor {
  payload(located: LocatedPayload): void;
  /** A failure whose message or stack stands in clear. Those that the server makes are left out. */
  clearFailure(place: Pick<LocatedPayload, 'event' | 'field'>): void;
}

/**
 * Finds payloads and failures, wherever Temporal's API has them. Search attributes are passed over: no codec
 * sees them.
 */
export function walk({ type, message }: TypedMessage, visitor: Visitor): void {
  const open: Node[] = [{ type, message, name: '', parent: undefined, kind: undefined, event: undefined }];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const found = node;
    const field = (): string => pathOf(found);
    const { fullName } = node.type;
    if (fullName === PAYLOAD) {
      const payload = node.message as unknown as PayloadMessage;
      visitor.payload({ payload, kind: node.kind ?? 'details', event: node.event, field });
      continue;
    }
    if (fullName === FAILURE && isInClear(node.message)) visitor.clearFailure({ event: node.event, field });
    // Taken from the end of the list: pushed in reverse, payloads come in the order of the message.
    for (const [name, value] of Object.entries(node.message).reverse()) {
      const held = fieldsWithPayloads(node.type).get(name);
      if (held !== undefined && value !== null && value !== undefined) push(open, node, held, value);
    }
  }
}

interface Node {
  readonly type: MessageType;
  readonly message: Message;
  readonly name: string;
  readonly parent: Node | undefined;
  readonly kind: PayloadKind | undefined;
  readonly event: EventPlace | undefined;
}

interface HeldField {
  readonly field: MessageField;
  readonly type: MessageType;
}

function push(open: Node[], parent: Node, { field, type }: HeldField, value: object): void {
  const event = parent.type.fullName === HISTORY_EVENT ? eventOf(parent.message, field.name) : parent.event;
  const kind = kindOf(type, field.name, parent, event);
  const add = (each: unknown, name: string, ofKind = kind): void => {
    open.push({ type, message: each as Message, name, parent, kind: ofKind, event });
  };
  if (field.repeated) {
    const list = value as readonly unknown[];
    for (let index = list.length - 1; index >= 0; index--)
      add(list[index], `${field.name}[${String(index)}]`);
  } else if (field.map) {
    for (const [key, each] of Object.entries(value).reverse()) {
      const isNote = parent.type.fullName === MARKER && isNoteOfSdk(parent.message['markerName'], key);
      add(each, `${field.name}[${JSON.stringify(key)}]`, isNote ? OF_SDK : kind);
    }
  } else add(value, field.name);
}

function eventOf(message: Message, attributes: string): EventPlace {
  return {
    // A Long, or what a file says.
    id: (message['eventId'] as { toString(): string } | undefined)?.toString() ?? '',
    type: attributes.replace(/EventAttributes$/, ''),
    timeMs: timeOf(message['eventTime']),
  };
}

/** What these hold stays that, however deep. */
const LASTING: Readonly<Record<string, PayloadKind>> = {
  [FAILURE]: 'failure',
  [MEMO]: 'memo',
  [HEADER]: 'header',
  [USER_METADATA]: 'summary',
};
const LASTING_KINDS: ReadonlySet<string> = new Set([...Object.values(LASTING), 'marker of the SDK']);

const OF_SDK: PayloadKind = 'marker of the SDK';

/**
 * Whether a detail of a marker is what the SDKs on top of Temporal's Core note of local activities and
 * patches. They write it themselves, in clear and beside every codec; it holds names, numbers and times.
 */
export function isNoteOfSdk(markerName: unknown, detail: string): boolean {
  return (
    (markerName === 'core_local_activity' && detail === 'data') ||
    (markerName === 'core_patch' && detail === 'patch-data')
  );
}

const BY_FIELD: Readonly<Record<string, PayloadKind>> = {
  lastCompletionResult: 'last result',
  heartbeatDetails: 'heartbeat',
  lastHeartbeatDetails: 'heartbeat',
};

/** By the beginning of an event's type. */
const BY_EVENT: readonly (readonly [string, PayloadKind])[] = [
  ['workflowExecutionStarted', 'input'],
  ['workflowExecutionContinuedAsNew', 'input'],
  ['workflowExecutionCompleted', 'result'],
  ['workflowExecutionSignaled', 'signal'],
  ['signalExternal', 'signal'],
  ['workflowExecutionUpdate', 'update'],
  ['activityTaskScheduled', 'activity input'],
  ['activityTaskCompleted', 'activity result'],
  ['startChildWorkflow', 'child input'],
  ['childWorkflowExecutionCompleted', 'child result'],
  ['markerRecorded', 'marker'],
  ['nexus', 'nexus'],
];

function kindOf(
  { fullName }: MessageType,
  name: string,
  parent: Node,
  event: EventPlace | undefined,
): PayloadKind | undefined {
  if (parent.kind !== undefined && LASTING_KINDS.has(parent.kind)) return parent.kind;
  const own = LASTING[fullName] ?? BY_FIELD[name];
  if (own !== undefined) return own;
  if (event !== undefined && event !== parent.event) {
    return BY_EVENT.find(([begin]) => event.type.startsWith(begin))?.[1];
  }
  if (parent.kind !== undefined || event !== undefined) return parent.kind;
  return name === 'input' ? 'input' : name === 'result' ? 'result' : undefined;
}

function pathOf(node: Node): string {
  const names: string[] = [];
  for (let each: Node | undefined = node; each !== undefined; each = each.parent) {
    // The event's type names its attributes.
    if (each.parent?.type.fullName === HISTORY_EVENT) {
      if (!/EventAttributes$/.test(each.name)) names.push(each.name);
      break;
    }
    if (each.name !== '') names.push(each.name);
  }
  return names.reverse().join('.');
}

const reachable = new Map<string, ReadonlyMap<string, HeldField>>();

/** The fields of a type under which there may be a payload. */
function fieldsWithPayloads(type: MessageType): ReadonlyMap<string, HeldField> {
  const known = reachable.get(type.fullName);
  if (known !== undefined) return known;
  const fields = new Map<string, HeldField>();
  for (const field of type.fieldsArray) {
    const inner = messageTypeOf(field);
    if (inner !== undefined && reachesPayload(inner, new Set()))
      fields.set(field.name, { field, type: inner });
  }
  reachable.set(type.fullName, fields);
  return fields;
}

function reachesPayload(type: MessageType, seen: Set<string>): boolean {
  if (type.fullName === PAYLOAD || type.fullName === FAILURE) return true;
  if (type.fullName === SEARCH_ATTRIBUTES || seen.has(type.fullName)) return false;
  seen.add(type.fullName);
  return type.fieldsArray.some((field) => {
    const inner = messageTypeOf(field);
    return inner !== undefined && reachesPayload(inner, seen);
  });
}

/** What all SDKs put in the place of a message that is in `encodedAttributes`. */
const ENCODED_MESSAGE = 'Encoded failure';

function isInClear({ message = '', stackTrace = '', source, terminatedFailureInfo }: Message): boolean {
  // What is said at a termination is its reason, which no codec sees.
  if (source === 'Server' || (terminatedFailureInfo ?? null) !== null) return false;
  return (message !== '' && message !== ENCODED_MESSAGE) || (stackTrace !== '' && stackTrace !== null);
}
