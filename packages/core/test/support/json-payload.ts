import type { Payload } from '@temporalio/common';

/** A payload as the default converter makes one. */
export function jsonPayload(value: unknown): Payload {
  return {
    metadata: { encoding: new Uint8Array(Buffer.from('json/plain')) },
    data: new Uint8Array(Buffer.from(JSON.stringify(value))),
  };
}
