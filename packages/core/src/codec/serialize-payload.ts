import type { Payload } from '@temporalio/common';
import { temporal } from '@temporalio/proto';

const { Payload: PayloadMessage } = temporal.api.common.v1;

/** From this size on, `data` is not copied into the protobuf message but sealed where it lies. */
const IN_PLACE_BYTES = 4096;

/** Field 2, wire type 2 (length-delimited): `Payload.data`. */
const DATA_TAG = 0x12;

/**
 * The protobuf of a payload, in pieces that make up the message when they are put together.
 *
 * Large `data` is a piece of its own, not copied: protobuf messages may be concatenated field by field
 * (https://protobuf.dev/programming-guides/encoding/#last-one-wins).
 */
export function serializePayload(payload: Payload): Uint8Array[] {
  const { data } = payload;
  if (!data || data.length < IN_PLACE_BYTES) return [PayloadMessage.encode(payload).finish()];
  const rest = PayloadMessage.encode({ ...payload, data: null }).finish();
  return [rest, lengthDelimited(data.length), data];
}

function lengthDelimited(length: number): Uint8Array {
  const bytes = [DATA_TAG];
  let left = length;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) | 0x80);
  bytes.push(left);
  return Uint8Array.from(bytes);
}
