import type { Operation } from '../routing/operation';

/** Operations in namespaces. */
export interface Grant {
  /** Names of namespaces; `*` stands for any characters. */
  readonly namespaces: readonly string[];
  readonly operations: readonly Operation[];
  /**
   * What is seen of decoded payloads: the name of one of the server's `policies`, or `full`. Needed for `decode` and `download`
   * where there are `policies`, and not to be given where there are none.
   */
  readonly policy?: string;
}
