import type { RequestIdVariables } from 'hono/request-id';
import type { AuditDraft } from '../audit/audit-draft';
import type { RequestError } from './request-error';

/** What the handlers of one request tell each other. */
export interface ServerEnv {
  Variables: RequestIdVariables & {
    readonly draft: AuditDraft;
    readonly failure: RequestError | undefined;
  };
}
