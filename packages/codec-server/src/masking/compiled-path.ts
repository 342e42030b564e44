import type { JSONPathQuery } from 'json-p3';

/** A JSONPath that has been checked. */
export interface CompiledPath {
  /** For names as they are written. */
  readonly exact: JSONPathQuery;
  /** For names that `protoJsonName` has been applied to. */
  readonly proto: JSONPathQuery;
  /** Whether what it selects depends on values. */
  readonly hasFilters: boolean;
  /** Whether it looks at more than one value on its way, so that its cost grows with the document. */
  readonly isWide: boolean;
  /** How many segments of it descend (`..`): 0, 1 or 2. */
  readonly descents: number;
}
