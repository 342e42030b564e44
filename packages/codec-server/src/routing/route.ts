import type { Endpoint } from './operation';

/** Where a request is addressed to. */
export interface Route {
  readonly endpoint: Endpoint;
  /** The path segment before the operation, if there is one and it is not the literal `{namespace}`. */
  readonly namespace: string | undefined;
}
