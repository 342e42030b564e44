import type { JsonNode } from './json-node';

/** A JSON text that has been read. */
export interface JsonDocument {
  readonly text: string;
  readonly root: JsonNode;
  /** How many values there are, of all types and depths. */
  readonly valueCount: number;
  /** The sum of their depths; that of the root is 0. */
  readonly depthSum: number;
  /** Whether each number is what JavaScript makes of it: filters compare that, and not the text. */
  readonly hasExactNumbers: boolean;
}
