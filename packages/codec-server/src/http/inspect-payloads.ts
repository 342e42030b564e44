import type { Payload } from '@temporalio/common';
import type { AuditDraft } from '../audit/audit-draft';
import { nameEnvelopes } from '../audit/name-envelopes';
import { describePayload } from '../inspect/describe-payload';
import type { PayloadDescription } from '../inspect/payload-description';

/** What payloads say of themselves in clear. No key is used. */
export function inspectPayloads(
  payloads: readonly Payload[],
  draft: AuditDraft,
): { readonly payloads: readonly PayloadDescription[] } {
  nameEnvelopes(payloads, draft);
  return {
    payloads: payloads.map(({ metadata, data }) =>
      describePayload({ metadata: new Map(Object.entries(metadata ?? {})), data: data ?? new Uint8Array() }),
    ),
  };
}
