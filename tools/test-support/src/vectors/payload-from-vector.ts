import type { Payload } from '@temporalio/common';
import { temporal } from '@temporalio/proto';

import type { VectorPayload } from './vector';

/** A vector's payload as the SDK has it, in fresh buffers. */
export function payloadFromVector(vector: VectorPayload): Payload {
  const raw = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));
  return {
    metadata: Object.fromEntries(Object.entries(vector.metadata).map(([name, value]) => [name, raw(value)])),
    data: raw(vector.data),
    ...(vector.externalPayloads && {
      externalPayloads: temporal.api.common.v1.Payload.fromObject(vector).externalPayloads,
    }),
  };
}
