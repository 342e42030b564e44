import type { Operation } from '../routing/operation';

/** Operations in namespaces. */
export interface Grant {
  /** Names of namespaces; `*` stands for any characters. */
  readonly namespaces: readonly string[];
  readonly operations: readonly Operation[];
}
