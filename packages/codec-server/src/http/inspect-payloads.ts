import type { Payload } from '@temporalio/common';
import { describePayload } from '../inspect/describe-payload';
import type { PayloadDescription } from '../inspect/payload-description';

/** What payloads say of themselves in clear. No key is used. */
export function inspectPayloads(payloads: readonly Payload[]): {
  readonly payloads: readonly PayloadDescription[];
} {
  return {
    payloads: payloads.map(({ metadata, data }) =>
      describePayload({ metadata: new Map(Object.entries(metadata ?? {})), data: data ?? new Uint8Array() }),
    ),
  };
}
