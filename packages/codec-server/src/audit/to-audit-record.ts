import type { RequestError } from '../http/request-error';
import type { AuditDraft } from './audit-draft';
import type { AuditRecord } from './audit-record';

/**
 * The record of a request that is about to be answered.
 *
 * @param failure why it is answered with an error, if it is
 */
export function toAuditRecord(
  draft: AuditDraft,
  requestId: string,
  status: number,
  failure: RequestError | undefined,
): AuditRecord {
  const { principal, unreadableCount = 0 } = draft;
  return {
    time: new Date().toISOString(),
    requestId,
    principal: principal?.id ?? null,
    issuer: principal?.issuer ?? null,
    method: principal?.method ?? 'none',
    address: draft.address ?? null,
    namespace: draft.namespace ?? null,
    operation: draft.operation ?? null,
    policies: draft.policies ?? [],
    keyIds: [...draft.keyIds],
    workflowIds: [...draft.workflowIds],
    payloadCount: draft.payloadCount ?? null,
    unreadableCount,
    outcome: outcomeOf(status, unreadableCount),
    status,
    requests: 1,
    reason: failure?.code ?? null,
    detail: failure?.detail ?? null,
  };
}

function outcomeOf(status: number, unreadableCount: number): AuditRecord['outcome'] {
  if (status === 401 || status === 403 || status === 429) return 'refused';
  if (status >= 400) return 'failed';
  return unreadableCount > 0 ? 'partial' : 'allowed';
}
