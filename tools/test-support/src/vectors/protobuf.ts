import { bytes } from './bytes';

/** A writer of protobuf messages, as small as the vectors need it and independent of the code under test. */
export const protobuf = {
  /** Base-128 varint. */
  varint: (value: number): Buffer => {
    const out: number[] = [];
    let left = value;
    for (; left >= 0x80; left = Math.floor(left / 0x80)) out.push((left % 0x80) + 0x80);
    out.push(left);
    return Buffer.from(out);
  },

  /** A length-delimited field. */
  field: (number: number, value: Uint8Array): Buffer =>
    bytes.join(protobuf.varint(number * 8 + 2), protobuf.varint(value.length), value),

  /** A varint field. */
  varintField: (number: number, value: number): Buffer =>
    bytes.join(protobuf.varint(number * 8), protobuf.varint(value)),

  /** A group: wire type 3, what is in it, wire type 4. */
  group: (number: number, value: Uint8Array): Buffer =>
    bytes.join(protobuf.varint(number * 8 + 3), value, protobuf.varint(number * 8 + 4)),

  /** One entry of `Payload.metadata`: field 1, a message of key (1) and value (2). */
  metadataEntry: (name: string, value: Uint8Array): Buffer =>
    protobuf.field(1, bytes.join(protobuf.field(1, bytes.text(name)), protobuf.field(2, value))),

  /** `Payload.data`. */
  data: (value: Uint8Array): Buffer => protobuf.field(2, value),

  /** One of `Payload.external_payloads`: field 3, a message of `size_bytes` (1). */
  externalPayload: (sizeBytes: number): Buffer => protobuf.field(3, protobuf.varintField(1, sizeBytes)),
};
