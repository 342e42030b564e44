import type { Principal } from '../auth/principal';
import type { Endpoint } from '../routing/operation';

/** What becomes known of a request while it is answered. */
export interface AuditDraft {
  principal?: Principal;
  address?: string;
  namespace?: string;
  operation?: Endpoint;
  policies?: readonly string[];
  payloadCount?: number;
  unreadableCount?: number;
  readonly keyIds: Set<string>;
  readonly workflowIds: Set<string>;
}
