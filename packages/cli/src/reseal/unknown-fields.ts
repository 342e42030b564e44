import { messageTypeOf, type MessageType } from '../scan/messages';

/** Wire types of https://protobuf.dev/programming-guides/encoding/#structure. */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/**
 * Where a message has fields that its type does not know, which would be lost once it is decoded and encoded
 * again: `action.startWorkflow.2047`. What cannot be read as protobuf counts as one.
 *
 * @param bytes the message as it came
 */
export function unknownFields(type: MessageType, bytes: Uint8Array): readonly string[] {
  const found: string[] = [];
  const open: Part[] = [{ type, bytes, path: '' }];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    const { path } = part;
    try {
      for (const field of fieldsOf(part.bytes)) {
        const known = fieldOf(part.type, field.id);
        if (known === undefined) {
          found.push(`${path}${String(field.id)}`);
          continue;
        }
        if (field.bytes === undefined) continue;
        const inner = { bytes: field.bytes, path: `${path}${known.name}.` };
        // An entry of a map is a message of its own: key and value.
        if (known.map) open.push({ ...inner, type: { entryOf: known.type } });
        else if (known.type !== undefined) open.push({ ...inner, type: known.type });
      }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      found.push(`${path}(not protobuf)`);
    }
  }
  return found;
}

/** The entry of a map, by what its value holds; `undefined` for a scalar. */
interface EntryType {
  readonly entryOf: MessageType | undefined;
}

interface Part {
  readonly type: MessageType | EntryType;
  readonly bytes: Uint8Array;
  readonly path: string;
}

interface KnownField {
  readonly name: string;
  readonly map: boolean;
  readonly type: MessageType | undefined;
}

function fieldOf(type: MessageType | EntryType, id: number): KnownField | undefined {
  if ('entryOf' in type) {
    if (id === 1) return { name: 'key', map: false, type: undefined };
    return id === 2 ? { name: 'value', map: false, type: type.entryOf } : undefined;
  }
  const field = type.fieldsArray.find((each) => (each as { readonly id?: number }).id === id);
  return field && { name: field.name, map: field.map, type: messageTypeOf(field) };
}

interface WireField {
  readonly id: number;
  /** Of a field with a length. */
  readonly bytes: Uint8Array | undefined;
}

/** @throws RangeError where the bytes end too early, or are none of the wire types that are in use */
function* fieldsOf(bytes: Uint8Array): Iterable<WireField> {
  const reader = new WireReader(bytes);
  while (!reader.isAtEnd) {
    const tag = reader.varint();
    const id = Math.floor(tag / 8);
    const wireType = tag % 8;
    if (wireType === VARINT) reader.varint();
    else if (wireType === FIXED64) reader.take(8);
    else if (wireType === FIXED32) reader.take(4);
    else if (wireType !== BYTES) throw new RangeError('unknown wire type');
    yield { id, bytes: wireType === BYTES ? reader.take(reader.varint()) : undefined };
  }
}

const LONGEST_VARINT = 10;

class WireReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** @throws RangeError */
  varint(): number {
    let value = 0;
    for (let index = 0; index < LONGEST_VARINT; index++) {
      const [byte = 0] = this.take(1);
      value += (byte & 0x7f) * 2 ** (7 * index);
      if (byte < 0x80) return value;
    }
    throw new RangeError('varint too long');
  }

  /** @throws RangeError */
  take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) throw new RangeError('too short');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}
