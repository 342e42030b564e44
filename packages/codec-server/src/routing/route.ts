import type { Operation } from './operation';

/** Where a request is addressed to. */
export interface Route {
  readonly operation: Operation;
  /** The path segment before the operation, if there is one and it is not the literal `{namespace}`. */
  readonly namespace: string | undefined;
}
