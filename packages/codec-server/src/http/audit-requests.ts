import type { MiddlewareHandler } from 'hono';
import type { AuditDraft } from '../audit/audit-draft';
import type { RefusalSums } from '../audit/refusal-sums';
import { toAuditRecord } from '../audit/to-audit-record';
import type { ResolvedOptions } from '../options/resolved-options';
import { clientAddress } from './client-address';
import { RequestError } from './request-error';
import type { ServerEnv } from './server-env';

const SINK_TIMEOUT_MS = 1_000;

/**
 * Records every POST once its answer is ready and before it is sent. What cannot be recorded is not answered: 503 takes the
 * place of the answer, whatever it was.
 *
 * @param sums takes what is refused to senders who are not known, where there is much of it
 */
export function auditRequests(
  { audit, trustedProxies }: ResolvedOptions,
  sums: RefusalSums | undefined,
): MiddlewareHandler<ServerEnv> {
  return async (context, next) => {
    const draft: AuditDraft = { keyIds: new Set(), workflowIds: new Set() };
    const forwardedFor = context.req.header('X-Forwarded-For');
    const address = clientAddress(context.env.connection.remoteAddress, forwardedFor, trustedProxies);
    if (address !== undefined) draft.address = address;
    context.set('draft', draft);
    await next();
    if (audit === undefined || context.req.method !== 'POST') return;
    const record = toAuditRecord(draft, context.get('requestId'), context.res.status, context.get('failure'));
    if (record.principal === null && record.payloadCount === null && sums?.add(record) === true) return;
    let timer: NodeJS.Timeout | undefined;
    try {
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          reject(new Error('The audit sink took longer than a second.'));
        }, SINK_TIMEOUT_MS);
      });
      await Promise.race([audit(record), late]);
    } catch (cause) {
      throw new RequestError(
        503,
        'AUDIT_UNAVAILABLE',
        'The request could not be recorded, and so is not answered. Try again.',
        {
          cause,
          retryAfterSeconds: 1,
        },
      );
    } finally {
      clearTimeout(timer);
    }
  };
}
