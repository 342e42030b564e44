import type { Payload } from '@temporalio/common';

import type { VectorPayload } from './vector';

/** A payload as a vector writes it; absent and empty are the same, as they are in protobuf. */
export function vectorOfPayload(payload: Payload): VectorPayload {
  const base64 = (value: Uint8Array): string => Buffer.from(value).toString('base64');
  const external = payload.externalPayloads ?? [];
  return {
    metadata: Object.fromEntries(
      Object.entries(payload.metadata ?? {}).map(([name, value]) => [name, base64(value)]),
    ),
    data: base64(payload.data ?? new Uint8Array()),
    ...(external.length > 0 && {
      externalPayloads: external.map(({ sizeBytes }) => ({ sizeBytes: String(sizeBytes) })),
    }),
  };
}
