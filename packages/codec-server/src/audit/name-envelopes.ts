import type { Payload } from '@temporalio/common';
import { ENVELOPE_ENCODING, KEY_ID_METADATA, isKeyId, parseEnvelope } from '@waxseal/core';
import type { AuditDraft } from './audit-draft';

const MAX_NAMES = 20;
const MAX_KEY_ID_BYTES = 1024;

/**
 * What payloads say of themselves in clear: the IDs of their keys, for any codec that names them as Temporal's samples do
 * (`encryption-key-id`), and for Waxseal's envelopes the IDs of their workflows.
 */
export function nameEnvelopes(payloads: readonly Payload[]): Pick<AuditDraft, 'keyIds' | 'workflowIds'> {
  const keyIds = new Set<string>();
  const workflowIds = new Set<string>();
  for (const { metadata, data } of payloads) {
    if (keyIds.size >= MAX_NAMES && workflowIds.size >= MAX_NAMES) break;
    const keyId = toKeyId(metadata?.[KEY_ID_METADATA]);
    if (keyId === undefined) continue;
    if (keyIds.size < MAX_NAMES) keyIds.add(keyId);
    if (toText(metadata?.['encoding']) !== ENVELOPE_ENCODING || data == null) continue;
    const workflowId = workflowIdOf(keyId, data);
    if (workflowId !== undefined && workflowIds.size < MAX_NAMES) workflowIds.add(workflowId);
  }
  return { keyIds, workflowIds };
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
