import type { Operation } from '../routing/operation';

/** What a principal asks for. */
export interface AccessRequest {
  readonly namespace: string;
  readonly operation: Operation;
  /** The value of `X-Request-Id` in the answer. */
  readonly requestId: string;
}
