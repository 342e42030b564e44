import type { RequestIdVariables } from 'hono/request-id';
import type { AuditDraft } from '../audit/audit-draft';
import type { ClientConnection } from '../client-connection';
import type { RequestError } from './request-error';

/** What the handlers of one request tell each other. */
export interface ServerEnv {
  Bindings: { readonly connection: ClientConnection };
  Variables: RequestIdVariables & {
    readonly draft: AuditDraft;
    readonly failure: RequestError | undefined;
  };
}
