import { asBuffer } from '@waxseal/core/internal';
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
  for (const { isProtobuf, value } of unknownIn(type, bytes, PAYLOAD)) {
    if (!isProtobuf || value?.includes(MARK_OF_PAYLOADS) === true) return true;
  }
  return false;
}

/**
 * Where a message has fields that its type does not know, which would be lost once it is decoded and encoded
 * again: `action.startWorkflow.2047`. What cannot be read as protobuf counts as one.
 *
 * @param bytes the message as it came
 */
export function unknownFields(type: MessageType, bytes: Uint8Array): readonly string[] {
  return [...unknownIn(type, bytes)].map(({ part, id, isProtobuf }) => {
    const names = [isProtobuf ? String(id) : '(not protobuf)'];
    for (let each = part; each.parent !== undefined; each = each.parent) names.push(each.name);
    return names.reverse().join('.');
  });
}

/** A message, or the entry of a map: a message of key and value. */
type InnerType = MessageType | { readonly valueOf: MessageType | undefined };

interface Part {
  readonly type: InnerType;
  readonly start: number;
  readonly end: number;
  readonly name: string;
  readonly parent: Part | undefined;
}

interface Unknown {
  readonly part: Part;
  readonly id: number;
  /** False where the part cannot be read from here on. */
  readonly isProtobuf: boolean;
  /** Of a field with a length. */
  readonly value: Buffer | undefined;
}

/** @param leaf full name of a type whose fields are not looked at */
function* unknownIn(type: MessageType, bytes: Uint8Array, leaf?: string): Generator<Unknown> {
  const buffer = asBuffer(bytes);
  const open: Part[] = [{ type, start: 0, end: buffer.length, name: '', parent: undefined }];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    const reader = new WireReader(buffer, part.start, part.end);
    while (!reader.isAtEnd) {
      const field = reader.field();
      if (field === undefined) {
        yield { part, id: 0, isProtobuf: false, value: undefined };
        break;
      }
      const { id, start, end } = field;
      const known = fieldOf(part.type, id);
      if (known === undefined) {
        const value = start === undefined ? undefined : buffer.subarray(start, end);
        yield { part, id, isProtobuf: true, value };
      } else if (start !== undefined && known.type !== undefined && !isLeaf(known.type, leaf)) {
        open.push({ type: known.type, start, end, name: known.name, parent: part });
      }
    }
  }
}

function isLeaf(type: InnerType, leaf: string | undefined): boolean {
  return 'fullName' in type && type.fullName === leaf;
}

interface KnownField {
  readonly name: string;
  /** What it holds; `undefined` for a scalar. */
  readonly type: InnerType | undefined;
}

const knownFields = new Map<string, ReadonlyMap<number, KnownField>>();

function fieldOf(type: InnerType, id: number): KnownField | undefined {
  if (!('fullName' in type)) {
    if (id === 1) return { name: 'key', type: undefined };
    return id === 2 ? { name: 'value', type: type.valueOf } : undefined;
  }
  let fields = knownFields.get(type.fullName);
  if (fields === undefined) {
    fields = new Map(
      type.fieldsArray.map((field) => {
        const inner = messageTypeOf(field);
        return [field.id, { name: field.name, type: field.map ? { valueOf: inner } : inner }];
      }),
    );
    knownFields.set(type.fullName, fields);
  }
  return fields.get(id);
}

/** Wire types of https://protobuf.dev/programming-guides/encoding/#structure. */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;
const LONGEST_VARINT = 10;

interface WireField {
  readonly id: number;
  /** Where it begins, where it has a length. */
  readonly start: number | undefined;
  readonly end: number;
}

class WireReader {
  readonly #bytes: Buffer;
  readonly #end: number;
  #at: number;

  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#end;
  }

  /** The next field; `undefined` where the bytes end too early, or are of no wire type that is in use. */
  field(): WireField | undefined {
    const tag = this.#varint();
    const id = Math.floor(tag / 8);
    const wireType = tag % 8;
    let start: number | undefined;
    if (wireType === VARINT) {
      if (Number.isNaN(this.#varint())) return undefined;
    } else if (wireType === FIXED64) this.#at += 8;
    else if (wireType === FIXED32) this.#at += 4;
    else if (wireType === BYTES) {
      const length = this.#varint();
      start = this.#at;
      this.#at += length;
    } else return undefined;
    return this.#at <= this.#end ? { id, start, end: this.#at } : undefined;
  }

  /** NaN where it does not end. */
  #varint(): number {
    let value = 0;
    const last = Math.min(this.#end, this.#at + LONGEST_VARINT);
    for (let scale = 1; this.#at < last; scale *= 128) {
      const byte = this.#bytes[this.#at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    return NaN;
  }
}
