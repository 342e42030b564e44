import { messageTypeOf, PAYLOAD, type MessageType } from './messages';

/** Each payload has this in its metadata, in clear. */
const MARK_OF_PAYLOADS = 'encoding';

/**
 * Whether a message holds a field that its type does not have, and in which there may be a payload: a newer
 * server sends it. Decoders pass over such a field without a word.
 *
 * @param bytes protobuf; what is none counts as unknown
 */
export function holdsUnknownPayload(type: MessageType, bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const open: Part[] = [{ type, start: 0, end: buffer.length }];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (!readPart(buffer, part, open)) return true;
  }
  return false;
}

interface Part {
  readonly type: InnerType;
  readonly start: number;
  readonly end: number;
}

/** A message, or the entry of a map. */
type InnerType = MessageType | { readonly valueOf: MessageType };

/** Adds the messages in a part; `false` where something in it is not known. */
function readPart(buffer: Buffer, { type, start, end }: Part, open: Part[]): boolean {
  let at = start;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; at < end; scale *= 128) {
      const byte = buffer[at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    return Infinity;
  };
  while (at < end) {
    const tag = varint();
    const wireType = tag % 8;
    if (wireType === 0) varint();
    else if (wireType === 1) at += 8;
    else if (wireType === 5) at += 4;
    else if (wireType === 2) {
      const next = varint() + at;
      if (!(next <= end)) return false;
      const field = fieldOf(type, Math.floor(tag / 8));
      if (field === undefined) {
        if (buffer.subarray(at, next).includes(MARK_OF_PAYLOADS)) return false;
      } else if (field !== 'no message') open.push({ type: field, start: at, end: next });
      at = next;
    } else return false;
  }
  return at === end;
}

const known = new Map<string, ReadonlyMap<number, InnerType | 'no message'>>();

function fieldOf(type: InnerType, id: number): InnerType | 'no message' | undefined {
  if ('fullName' in type && type.fullName === PAYLOAD) return 'no message';
  if (!('fullName' in type)) return id === 2 ? type.valueOf : id === 1 ? 'no message' : undefined;
  let fields = known.get(type.fullName);
  if (fields === undefined) {
    fields = new Map(
      type.fieldsArray.map((field): [number, InnerType | 'no message'] => {
        const inner = messageTypeOf(field);
        if (inner === undefined) return [field.id, 'no message'];
        if (field.map) return [field.id, { valueOf: inner }];
        return [field.id, inner];
      }),
    );
    known.set(type.fullName, fields);
  }
  return fields.get(id);
}
