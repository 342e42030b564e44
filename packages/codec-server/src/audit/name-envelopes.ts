import type { Payload } from '@temporalio/common';
import { ENVELOPE_ENCODING, KEY_ID_METADATA, isKeyId, parseEnvelope } from '@waxseal/core';
import type { AuditDraft } from './audit-draft';

const MAX_NAMES = 20;
const MAX_KEY_ID_BYTES = 1024;

/**
 * Adds to a draft what payloads say of themselves in clear, up to 20 of each: the IDs of their keys, for any codec that names
 * them as Temporal's samples do (`encryption-key-id`), and for Waxseal's envelopes the IDs of their workflows.
 */
export function nameEnvelopes(
  payloads: readonly Payload[],
  { keyIds, workflowIds }: Pick<AuditDraft, 'keyIds' | 'workflowIds'>,
): void {
  for (const { metadata, data } of payloads) {
    if (keyIds.size >= MAX_NAMES && workflowIds.size >= MAX_NAMES) break;
    const keyId = toKeyId(metadata?.[KEY_ID_METADATA]);
    if (keyId === undefined) continue;
    if (keyIds.size < MAX_NAMES) keyIds.add(keyId);
    if (toText(metadata?.['encoding']) !== ENVELOPE_ENCODING || data == null) continue;
    const workflowId = workflowIdOf(keyId, data);
    if (workflowId !== undefined && workflowIds.size < MAX_NAMES) workflowIds.add(workflowId);
  }
}

function toText(bytes: Uint8Array | null | undefined): string {
  return Buffer.from(bytes ?? []).toString('utf8');
}

function toKeyId(bytes: Uint8Array | null | undefined): string | undefined {
  if (bytes == null || bytes.length > MAX_KEY_ID_BYTES) return undefined;
  const text = toText(bytes);
  return isKeyId(text) ? text : undefined;
}

function workflowIdOf(keyId: string, data: Uint8Array): string | undefined {
  try {
    return parseEnvelope(keyId, data).context.get('workflow-id');
  } catch {
    // The codec says what is wrong with it.
    return undefined;
  }
}
